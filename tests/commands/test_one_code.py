"""One code serves: whatever may be done with the MFA session that it opened asks for no other."""

from __future__ import annotations

from tests.stage import Guests


def test_a_session_of_another_duration_serves_roles_and_exports(guests: Guests) -> None:
    person = guests("partner")
    opened = person.run("session", "--duration", "1h", "--code", person.code())

    role = person.run("assume", "books", "--no-input")
    exported = person.run("export", "--format", "sh", "--no-input")
    again = person.run("session", "--no-input")

    assert (opened.code, role.code, exported.code, again.code) == (0, 0, 0, 0)
    assert again.stderr.endswith("left), kept already\n")
    assert person.run("session", "--duration", "2h", "--no-input").code == 8


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
