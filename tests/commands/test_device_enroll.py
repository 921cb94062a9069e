"""`mfacli device enroll` from a profile in its way. The ceremony: `transcripts/ceremonies/enroll.txt`."""

from __future__ import annotations

from tests.stage import Guests


def test_a_profile_that_names_what_gives_no_codes_comes_to_name_what_does(steady_guests: Guests) -> None:
    newcomer = steady_guests("newcomer")
    named = "arn:aws:iam::111122223333:u2f/user/x-ABC"
    with newcomer.config_file.open("r+") as config:
        lines = config.read()
        config.seek(0)
        config.write(lines.replace("[default]\n", f"[default]\nmfa_serial = {named}\n"))

    made = newcomer.run("device", "enroll", "--keep-seed", "--yes", "--no-input")

    assert made.code == 0
    assert f"warning: `{named}` is " in made.stderr
    assert newcomer.config_file.read_text().startswith(f"[default]\nmfa_serial = {newcomer.device}\n")
