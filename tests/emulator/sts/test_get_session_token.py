from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mfacli.emulator.codes import WRONG_CODE, WRONG_DEVICE
from mfacli.emulator.devices import LOCK, WRONG_CODES
from mfacli.emulator.sts.parameters import HALF_A_PROOF
from tests.emulator.town import ACCOUNT_A, Refused, Town, refusal_of


def _lifetime(town: Town, expiration: datetime) -> timedelta:
    return expiration - town.control.world_time()


def test_a_code_becomes_a_session_of_the_same_user(town: Town) -> None:
    session = town.session("Sofia")

    identity = town.sts(session).get_caller_identity()

    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT_A}:user/Sofia"
    assert identity["UserId"] == town.sts("Sofia").get_caller_identity()["UserId"]


@pytest.mark.parametrize(("asked", "hours"), [(None, 12), (900, 0.25), (129600, 36)])
def test_a_users_session_lasts_as_long_as_asked_or_half_a_day(town: Town, asked: int | None, hours: float) -> None:
    parameters = {} if asked is None else {"DurationSeconds": asked}

    answer = town.sts("Sofia").get_session_token(**parameters)  # type: ignore[arg-type]  # the stubs take no mapping

    assert timedelta(hours=hours) - _lifetime(town, answer["Credentials"]["Expiration"]) < timedelta(seconds=30)


@pytest.mark.parametrize(("asked", "seconds"), [(None, 3600), (900, 900), (129600, 3600)])
def test_roots_session_lasts_an_hour_at_most(town: Town, asked: int | None, seconds: int) -> None:
    parameters = {} if asked is None else {"DurationSeconds": asked}

    answer = town.sts("A:root").get_session_token(**parameters)  # type: ignore[arg-type]  # the stubs take no mapping

    lifetime = _lifetime(town, answer["Credentials"]["Expiration"])
    assert timedelta(0) <= timedelta(seconds=seconds) - lifetime < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("asked", "constraint"),
    [(899, "greater than or equal to 900"), (129601, "less than or equal to 129600")],
)
def test_other_durations_are_refused(town: Town, asked: int, constraint: str) -> None:
    told = refusal_of(lambda: town.sts("Sofia").get_session_token(DurationSeconds=asked))

    assert told == Refused(
        code="ValidationError",
        status=400,
        message=f"1 validation error detected: Value '{asked}' at 'durationSeconds' failed to satisfy constraint: "
        f"Member must have value {constraint}",
    )


def test_a_duration_that_is_no_number_is_malformed(town: Town) -> None:
    told = refusal_of(lambda: town.sts("Sofia").get_session_token(DurationSeconds="long"))  # type: ignore[arg-type]

    assert (told.code, told.status) == ("MalformedInput", 400)


def test_a_wrong_code_is_refused(town: Town) -> None:
    right = int(town.code("Sofia"))

    told = refusal_of(
        lambda: town.sts("Sofia").get_session_token(
            SerialNumber=town.device("Sofia"), TokenCode=f"{(right + 1) % 1_000_000:06d}"
        )
    )

    assert told == Refused(code="AccessDenied", status=403, message=WRONG_CODE)


def test_a_used_code_is_refused_in_the_same_words(town: Town) -> None:
    code = town.code("Sofia")
    town.sts("Sofia").get_session_token(SerialNumber=town.device("Sofia"), TokenCode=code)

    told = refusal_of(lambda: town.sts("Sofia").get_session_token(SerialNumber=town.device("Sofia"), TokenCode=code))

    assert told == Refused(code="AccessDenied", status=403, message=WRONG_CODE)


def test_somebody_elses_code_is_wrong(town: Town) -> None:
    told = refusal_of(
        lambda: town.sts("Sofia").get_session_token(SerialNumber=town.device("Sofia"), TokenCode=town.code("Anaya"))
    )

    assert told.message == WRONG_CODE


@pytest.mark.parametrize(
    "serial",
    [
        f"arn:aws:iam::{ACCOUNT_A}:mfa/Anaya",
        f"arn:aws:iam::{ACCOUNT_A}:mfa/Nobody",
        f"arn:aws:iam::{ACCOUNT_A}:user/Sofia",
        "arn:aws:iam::444455556666:mfa/Richard",
        "GAHT12345678",
        "GAHT55555555",
        "nonsense!".replace("!", "@"),
    ],
)
def test_a_device_that_is_not_the_callers_is_refused(town: Town, serial: str) -> None:
    told = refusal_of(lambda: town.sts("Sofia").get_session_token(SerialNumber=serial, TokenCode="123456"))

    assert told == Refused(code="AccessDenied", status=403, message=WRONG_DEVICE)


def test_a_security_key_cannot_be_used(town: Town) -> None:
    serial = f"arn:aws:iam::{ACCOUNT_A}:u2f/user/Efua"

    told = refusal_of(lambda: town.sts("Efua").get_session_token(SerialNumber=serial, TokenCode="123456"))

    assert told.message == WRONG_DEVICE


def test_root_has_no_device_here(town: Town) -> None:
    told = refusal_of(
        lambda: town.sts("A:root").get_session_token(SerialNumber=town.device("Anaya"), TokenCode=town.code("Anaya"))
    )

    assert told.message == WRONG_DEVICE


def test_a_hardware_devices_code_is_good(town: Town) -> None:
    session = town.session("Mateo")

    assert session["AccessKeyId"].startswith("ASIA")
    assert town.device("Mateo") == "GAHT12345678"


def test_serial_and_code_come_together(town: Town) -> None:
    only_serial = refusal_of(lambda: town.sts("Sofia").get_session_token(SerialNumber=town.device("Sofia")))
    only_code = refusal_of(lambda: town.sts("Sofia").get_session_token(TokenCode="123456"))

    assert only_serial == only_code == Refused(code="AccessDenied", status=403, message=HALF_A_PROOF)


@pytest.mark.parametrize(
    ("code", "constraint"),
    [
        ("12345", "have length greater than or equal to 6"),
        ("1234567", "have length less than or equal to 6"),
        ("12345x", r"satisfy regular expression pattern: [\d]*"),
        ("１２３４５６", r"satisfy regular expression pattern: [\d]*"),
    ],
)
def test_what_is_no_code_is_told_so(town: Town, code: str, constraint: str) -> None:
    told = refusal_of(lambda: town.sts("Sofia").get_session_token(SerialNumber=town.device("Sofia"), TokenCode=code))

    assert told == Refused(
        code="ValidationError",
        status=400,
        message=f"1 validation error detected: Value '{code}' at 'tokenCode' failed to satisfy constraint: "
        f"Member must {constraint}",
    )


def test_all_faults_are_told_at_once(town: Town) -> None:
    told = refusal_of(lambda: town.sts("Sofia").get_session_token(SerialNumber="x", TokenCode=""))

    assert told.message.startswith("2 validation errors detected: Value 'x' at 'serialNumber'")
    assert "; Value '' at 'tokenCode'" in told.message


def test_a_code_that_does_not_fit_is_not_spent(town: Town) -> None:
    code = town.code("Sofia")
    refusal_of(
        lambda: town.sts("Sofia").get_session_token(
            SerialNumber=town.device("Sofia"), TokenCode=code, DurationSeconds=1
        )
    )

    answer = town.sts("Sofia").get_session_token(SerialNumber=town.device("Sofia"), TokenCode=code)

    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_guessing_locks_the_device_and_no_answer_tells(town: Town) -> None:
    user = "Carlos"
    right = int(town.code(user))
    wrong = f"{(right + 500_000) % 1_000_000:06d}"
    sts, serial = town.sts(user), town.device(user)
    told = {
        refusal_of(lambda: sts.get_session_token(SerialNumber=serial, TokenCode=wrong)) for _ in range(WRONG_CODES)
    }

    told.add(refusal_of(lambda: sts.get_session_token(SerialNumber=serial, TokenCode=town.code(user))))
    town.control.advance(LOCK)

    assert told == {Refused(code="AccessDenied", status=403, message=WRONG_CODE)}
    assert sts.get_session_token(SerialNumber=serial, TokenCode=town.code(user))["Credentials"]


def test_no_policy_stands_in_the_way(town: Town) -> None:
    session = town.session("Efua", with_mfa=False)

    assert session["AccessKeyId"].startswith("ASIA")


@pytest.mark.parametrize("with_mfa", [True, False])
def test_a_session_cannot_be_traded_for_another(town: Town, with_mfa: bool) -> None:
    session = town.session("Sofia", with_mfa=with_mfa)

    told = refusal_of(lambda: town.sts(session).get_session_token())

    assert told == Refused(
        code="AccessDenied", status=403, message="Cannot call GetSessionToken with session credentials"
    )


def test_a_roles_session_cannot_either(town: Town) -> None:
    told = refusal_of(lambda: town.sts(town.cross_account_role()).get_session_token())

    assert told.message == "Cannot call GetSessionToken with session credentials"


def test_an_inactive_key_is_unknown(town: Town) -> None:
    keys = town.iam("Anaya").list_access_keys(UserName="Carlos")["AccessKeyMetadata"]
    inactive = next(key["AccessKeyId"] for key in keys if key["Status"] == "Inactive")

    told = refusal_of(
        lambda: town.sts(
            {"AccessKeyId": inactive, "SecretAccessKey": "x" * 40, "SessionToken": ""}
        ).get_session_token()
    )

    assert (told.code, told.status) == ("InvalidClientTokenId", 403)


def test_mfa_age_is_counted_in_the_worlds_time(town: Town) -> None:
    session = town.session("Diego")
    fresh = town.dynamodb(session).scan(TableName="Books")

    town.control.advance(timedelta(hours=1))
    told = refusal_of(lambda: town.dynamodb(session).scan(TableName="Books"))

    assert fresh["Count"] == 0
    assert told.code == "AccessDeniedException"


def test_an_expired_session_is_told_so(town: Town) -> None:
    session = town.sts("Sofia").get_session_token(DurationSeconds=900)["Credentials"]
    town.control.advance(timedelta(seconds=900))

    told = refusal_of(lambda: town.sts(session).get_caller_identity())

    assert told == Refused(
        code="ExpiredToken", status=403, message="The security token included in the request is expired"
    )


def test_the_session_says_when_it_ends_in_whole_seconds(town: Town) -> None:
    expiration = town.session("Sofia", with_mfa=False)["Expiration"]

    assert expiration.astimezone(UTC).microsecond == 0
