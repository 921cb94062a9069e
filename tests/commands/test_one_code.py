"""One code serves: whatever may be done with the MFA session that it opened asks for no other."""

from __future__ import annotations

from tests.stage import Guests
from tests.ways import AWS, Way


def test_a_session_of_another_duration_serves_exports_and_with_aws_roles(guests: Guests, way: Way) -> None:
    person = guests(way.partner)
    opened = person.run("session", "--duration", "1h", "--code", person.code())

    role = person.run("assume", way.role, "--no-input")
    exported = person.run("export", "--format", "sh", "--no-input")
    again = person.run("session", "--no-input")

    # In Tencent Cloud a role takes a code of its own.
    assert role.code == (0 if way is AWS else 8)
    assert (opened.code, exported.code, again.code) == (0, 0, 0)
    assert again.stderr.endswith("left), kept already\n")
    assert person.run("session", "--duration", "90m", "--no-input").code == 8


def test_a_role_of_tencent_clouds_opened_once_serves_whoever_asks(guests: Guests) -> None:
    person = guests("sub-user")
    opened = person.run("assume", "testrole", "--code", person.code())
    before = person.cloud.counts_of("sts:AssumeRole")

    again = person.run("assume", "testrole", "--no-input")
    in_command = person.run("exec", "-p", "testrole", "--no-input", "--", "mfacli", "whoami")

    assert (opened.code, again.code, in_command.code) == (0, 0, 0)
    assert person.cloud.counts_of("sts:AssumeRole") == before
    assert "qcs::sts:87654321:assumed-role/" in in_command.stdout
    assert "MFA       yes, " in in_command.stdout


def test_a_shell_with_a_session_of_tencent_clouds_goes_on_with_what_is_kept(guests: Guests) -> None:
    person = guests("sub-user")
    person.credentials_file.unlink()
    person.config_file.unlink()
    keys = {
        "TENCENTCLOUD_SECRET_ID": person.access_key_id,
        "TENCENTCLOUD_SECRET_KEY": person.secret_access_key,
        "TENCENTCLOUD_REGION": "ap-guangzhou",
        "MFACLI_TENCENT_ENDPOINT": person.cloud.address,
    }
    document = person.run("session", "--export", "json", "--code", person.code(), environment=keys).json()
    exported = document["set"]
    assert isinstance(exported, dict)
    shell = {**keys, **{str(name): str(value) for name, value in exported.items()}}

    again = person.run("session", "--no-input", environment=shell)
    named = person.run("whoami", environment=shell)
    person.run("forget", "--all", "--yes")
    without = person.run("session", "--no-input", environment=shell)

    assert (again.code, named.code) == (0, 0)
    assert "kept already" in again.stderr
    assert f"uin/{person.uin}\n" in named.stdout
    assert without.code == 3
    assert "set the long-term keys again" in without.stderr


def test_a_shell_whose_session_hides_its_keys_goes_on_with_what_is_kept(guests: Guests) -> None:
    person = guests("partner")
    person.credentials_file.unlink()
    person.config_file.unlink()
    keys = {
        "AWS_ACCESS_KEY_ID": person.access_key_id,
        "AWS_SECRET_ACCESS_KEY": person.secret_access_key,
        "AWS_MFA_SERIAL": person.device,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": person.cloud.address,
    }
    document = person.run("session", "--export", "json", "--code", person.code(), environment=keys).json()
    exported = document["set"]
    assert isinstance(exported, dict)
    shell = {**keys, **{str(name): str(value) for name, value in exported.items()}}
    role = "arn:aws:iam::111122223333:role/CrossAccountRole"

    again = person.run("session", "--no-input", environment=shell)
    assumed = person.run("assume", role, "--no-input", environment=shell)
    other_device = person.run("session", "--no-input", "--device", "GAHT12345678", environment=shell)
    person.run("forget", "--all", "--yes")
    without = person.run("session", "--no-input", environment=shell)

    assert (again.code, assumed.code) == (0, 0)
    assert "kept already" in again.stderr
    assert other_device.code == 3
    assert f"needs the long-term keys (…{person.access_key_id[-4:]})" in other_device.stderr
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY again" in other_device.stderr
    assert without.code == 3
    assert "set the long-term keys again" in without.stderr
