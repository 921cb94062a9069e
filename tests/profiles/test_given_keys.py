from __future__ import annotations

import traceback

import pytest

from mfacli.domain.cloud import Cloud
from mfacli.domain.credentials import Keys
from mfacli.domain.secret import Secret
from mfacli.errors import KeysMalformed
from mfacli.profiles.given_keys import checked_keys, keys_in_csv, keys_in_environment

AWS_ID, AWS_SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TENCENT_ID, TENCENT_SECRET = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
AWS_KEYS = Keys(access_key_id=AWS_ID, secret_access_key=Secret(AWS_SECRET))
TENCENT_KEYS = Keys(access_key_id=TENCENT_ID, secret_access_key=Secret(TENCENT_SECRET))


@pytest.mark.parametrize(
    "text",
    [
        f"Access key ID,Secret access key\r\n{AWS_ID},{AWS_SECRET}\r\n",
        f"\ufeffAccess key ID,Secret access key\n{AWS_ID},{AWS_SECRET}",
        f"Access key ID,Secret access key\r{AWS_ID},{AWS_SECRET}\r",
        f"Access key ID,Secret access key\n\n{AWS_ID},{AWS_SECRET}\n,\n\n",
        f'"Access key ID","Secret access key"\n"{AWS_ID}"," {AWS_SECRET} "\n',
        f"User Name,Password,Access key ID,Secret access key,Console login link\nme,,{AWS_ID},{AWS_SECRET},https://x/\n",
        f"Secret access key,Access key ID\n{AWS_SECRET},{AWS_ID}\n",
        f"\ufeffAccess key ID;Secret access key\r\n{AWS_ID};{AWS_SECRET}\r\n",
        f"User name;Access key ID;Secret access key\n;{AWS_ID};{AWS_SECRET}\n",
        f"Access key ID\tSecret access key\n{AWS_ID}\t{AWS_SECRET}\n",
    ],
)
def test_the_csv_of_aws_console_is_read(text: str) -> None:
    found = keys_in_csv(Secret(text), name="accessKeys.csv")

    assert (found.cloud, found.keys) == (Cloud.AWS, AWS_KEYS)


@pytest.mark.parametrize(
    "text",
    [
        f"SecretId,SecretKey\n{TENCENT_ID},{TENCENT_SECRET}\n",
        f"\ufeffSecretId,SecretKey\r\n{TENCENT_ID},{TENCENT_SECRET}\r\n",
        f"APPID,SecretId,SecretKey\n1250000000,{TENCENT_ID},{TENCENT_SECRET}\n",
    ],
)
def test_the_csv_of_tencent_clouds_console_is_read(text: str) -> None:
    found = keys_in_csv(Secret(text), name="SecretKey.csv")

    assert (found.cloud, found.keys) == (Cloud.TENCENT, TENCENT_KEYS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty, or no CSV file"),
        ("\n \n", "is empty, or no CSV file"),
        (f'"Access key ID,Secret access key\n{AWS_ID},{AWS_SECRET}', "is empty, or no CSV file"),
        (f"{AWS_ID},{AWS_SECRET}\n", "has no columns"),
        (f"Access key ID\n{AWS_ID}\n", "has no columns"),
        (f"Access key ID,Access key ID,Secret access key\na,b,{AWS_SECRET}\n", "has no columns"),
        ("Access key ID,Secret access key\n", "has no key, and one is needed"),
        (f"Access key ID,Secret access key\n{AWS_ID},{AWS_SECRET}\n{AWS_ID},{AWS_SECRET}\n", "has 2 keys"),
        (f"Access key ID,Secret access key\n{AWS_ID}\n", "was cut off"),
        (f"Access key ID;Secret access key\n{AWS_ID}\n", "was cut off"),
        (
            f"User name,Access key ID,Secret access key\na,{AWS_ID},{AWS_SECRET}\nb,{AWS_ID},{AWS_SECRET}\n",
            "has 2 keys",
        ),
        (f"Access key ID,Secret access key\n{AWS_ID},\n", "nothing was given"),
        (f"Access key ID,Secret access key\n,{AWS_SECRET}\n", "must be 1 to 128"),
        (f"Access key ID,Secret access key\n{AWS_SECRET},{AWS_ID}\n", "must be 1 to 128"),
        (f"Access key ID,Secret access key\nASIA234,{AWS_SECRET}\n", "a session's (ASIA…)"),
        (f"SecretId,SecretKey\n{TENCENT_ID}{'x' * 32},{TENCENT_SECRET}\n", "a session's"),
        ("\0,\0\n", "has no columns"),
    ],
)
def test_what_is_no_such_csv_is_said_without_quoting_it(text: str, reason: str) -> None:
    with pytest.raises(KeysMalformed) as problem:
        keys_in_csv(Secret(text), name="keys.csv")

    assert reason in problem.value.message
    told = "".join(traceback.format_exception(problem.value)) + problem.value.hint
    assert not any(part in told for part in (AWS_SECRET, TENCENT_SECRET, AWS_ID, TENCENT_ID))


@pytest.mark.parametrize(
    ("cloud", "key_id", "secret", "reason"),
    [
        (Cloud.AWS, AWS_SECRET, AWS_ID, "must be 1 to 128 letters and digits"),
        (Cloud.AWS, "AIDAEXAMPLE", AWS_SECRET, "an IAM user's id"),
        (Cloud.AWS, "AROAEXAMPLE", AWS_SECRET, "a role's id"),
        (Cloud.AWS, TENCENT_ID, TENCENT_SECRET, "--cloud tencent"),
        (Cloud.AWS, AWS_ID, AWS_ID, "is the access key id again"),
        (Cloud.AWS, AWS_ID, "two words", "a space or another odd character"),
        (Cloud.AWS, AWS_ID, "wJalr\x1b[200~", "a space or another odd character"),
        (Cloud.AWS, AWS_ID, "wJalr…", "a space or another odd character"),
        (Cloud.AWS, AWS_ID, "x" * 1025, "it is too long"),
        (Cloud.AWS, AWS_ID, "  ", "nothing was given"),
        (Cloud.TENCENT, "AKID/1", TENCENT_SECRET, "must be 1 to 1024"),
        (Cloud.TENCENT, TENCENT_ID, "", "nothing was given"),
    ],
)
def test_what_cannot_be_long_term_keys_is_refused(cloud: Cloud, key_id: str, secret: str, reason: str) -> None:
    with pytest.raises(KeysMalformed) as problem:
        checked_keys(cloud, key_id, Secret(secret), where="that was typed")

    assert reason in problem.value.message
    assert secret.strip() == "" or secret not in problem.value.message


def test_what_a_paste_brings_around_keys_is_left_out() -> None:
    assert checked_keys(Cloud.AWS, f" {AWS_ID}\n", Secret(f"{AWS_SECRET} \n"), where="that was typed") == AWS_KEYS


@pytest.mark.parametrize("key_id", [TENCENT_ID, "IKIDexample_1", "AKIDshort"])
def test_tencent_clouds_long_term_ids_are_taken(key_id: str) -> None:
    assert checked_keys(Cloud.TENCENT, key_id, Secret(TENCENT_SECRET), where="there").access_key_id == key_id


def test_the_environments_keys_are_taken() -> None:
    aws = {"AWS_ACCESS_KEY_ID": AWS_ID, "AWS_SECRET_ACCESS_KEY": AWS_SECRET}
    tencent = {"TENCENTCLOUD_SECRET_ID": TENCENT_ID, "TENCENTCLOUD_SECRET_KEY": TENCENT_SECRET}

    assert keys_in_environment(aws, Cloud.AWS) == AWS_KEYS
    assert keys_in_environment(tencent, Cloud.TENCENT) == TENCENT_KEYS


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "AWS_ACCESS_KEY_ID is not set"),
        ({"AWS_ACCESS_KEY_ID": AWS_ID}, "nothing was given"),
        (
            {"AWS_ACCESS_KEY_ID": AWS_ID, "AWS_SECRET_ACCESS_KEY": AWS_SECRET, "AWS_SECURITY_TOKEN": "t"},
            "are a session's",
        ),
        ({"AWS_ACCESS_KEY_ID": "ASIA1", "AWS_SECRET_ACCESS_KEY": AWS_SECRET}, "a session's (ASIA…)"),
    ],
)
def test_an_environment_without_long_term_keys_is_said(environment: dict[str, str], reason: str) -> None:
    with pytest.raises(KeysMalformed) as problem:
        keys_in_environment(environment, Cloud.AWS)

    assert reason in problem.value.message
