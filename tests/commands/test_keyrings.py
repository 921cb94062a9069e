"""Real keyrings, end to end: the kernel's, across login sessions, and gnome-keyring's in a D-Bus session."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping

import pytest

from mfacli.store.kernel_keys import kernel_is_usable
from tests.real import require_tool
from tests.stage import Cloud, Person, Result, person_in

pytestmark = pytest.mark.real

KERNEL = {"MFACLI_STORE": "kernel"}
BY_THE_LIBRARY = {
    "MFACLI_STORE": "keyring",
    "PYTHON_KEYRING_BACKEND": "mfacli.store.kernel_keyring.KernelKeyring",
}
SCRIPT = """
printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
run() { name=$1; shift; "$@" >"$name.out" 2>"$name.err"; echo $? >"$name.code"; }
run kept mfacli session --code "$CODE"
run found mfacli session --no-input
run imported mfacli device import seed.txt
run listed mfacli device list
run coded mfacli device code
run lock "$PYTHON" -c "import secretstorage
secretstorage.get_default_collection(secretstorage.dbus_init()).lock()"
run doctored mfacli doctor
run shown mfacli store
run moved mfacli store move --to file
run opened mfacli session --new --code "$NEXT"
run exported mfacli export --no-input
"""


@pytest.fixture
def kernel_person(person: Person) -> Iterator[Person]:
    """Give a person whose sessions rest in the kernel, and take them out of it again."""
    if not kernel_is_usable():
        pytest.skip("the kernel refuses: a container, or no key retention service")
    yield person
    person.run("forget", "--all", "--yes", environment=KERNEL)


def test_the_kernel_keeps_a_session_for_the_next_process(kernel_person: Person) -> None:
    kept = kernel_person.run("session", "--code", kernel_person.code(), environment=KERNEL)
    found = kernel_person.run("session", "--no-input", environment=KERNEL)
    listed = kernel_person.run("status", environment=KERNEL)

    assert kept.stderr.endswith("kept in kernel keyring\n")
    assert (found.code, found.stderr.endswith("kept already\n")) == (0, True)
    assert listed.stdout.endswith("\tkernel keyring\n")
    assert not kernel_person.keyring.exists()


def test_the_kernel_is_chosen_where_nothing_is_said(kernel_person: Person) -> None:
    automatic = {"MFACLI_STORE": "auto"}

    kept = kernel_person.run("session", "--code", kernel_person.code(), environment=automatic)
    found = kernel_person.run("session", "--no-input", environment=automatic)

    assert kept.stderr.endswith("kept in kernel keyring\n")
    assert found.code == 0


def test_no_file_holds_what_the_kernel_keeps(kernel_person: Person) -> None:
    kernel_person.run("session", "--code", kernel_person.code(), environment=KERNEL)
    answers = [kernel_person.run("export", "--format", "json", environment=KERNEL) for _ in range(2)]
    variables = answers[0].json()["set"]
    assert isinstance(variables, dict)
    secrets = [str(variables[name]).encode() for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")]

    contents = [path.read_bytes() for path in kernel_person.root.rglob("*") if path.is_file()]

    assert answers[0] == answers[1]
    assert not [content for content in contents if any(secret in content for secret in secrets)]


def test_another_login_session_reads_what_the_kernel_keeps(kernel_person: Person) -> None:
    login = [require_tool("keyctl"), "session", "-"]
    in_one = [*login, "mfacli", "session", "--json", "--code", kernel_person.code()]
    in_another = [*login, "mfacli", "session", "--json", "--no-input"]

    kept = kernel_person.run_program(in_one, environment=KERNEL)
    found = kernel_person.run_program(in_another, environment=KERNEL)

    assert (kept.code, found.code) == (0, 0)
    assert found.json()["session_token"] == kept.json()["session_token"]


def test_another_state_directory_sees_nothing_of_it(kernel_person: Person) -> None:
    kernel_person.run("session", "--code", kernel_person.code(), environment=KERNEL)

    elsewhere = {**KERNEL, "MFACLI_STATE_DIR": str(kernel_person.root / "elsewhere")}
    asked = kernel_person.run("session", "--no-input", environment=elsewhere)

    assert asked.code == 8


def test_what_is_forgotten_is_gone_from_the_kernel(kernel_person: Person) -> None:
    kernel_person.run("session", "--code", kernel_person.code(), environment=KERNEL)

    forgotten = kernel_person.run("forget", environment=KERNEL)
    asked = kernel_person.run("session", "--no-input", environment=KERNEL)

    assert (forgotten.stderr, asked.code) == ("forgot 1 session\n", 8)


def test_the_kernel_by_the_keyring_librarys_own_means(kernel_person: Person) -> None:
    kept = kernel_person.run("session", "--code", kernel_person.code(), environment=BY_THE_LIBRARY)
    found = kernel_person.run("session", "--no-input", environment=BY_THE_LIBRARY)
    seed = kernel_person.run(
        "device", "import", "-", stdin="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", environment=BY_THE_LIBRARY
    )
    kernel_person.run("forget", environment=BY_THE_LIBRARY)

    assert (kept.code, found.code, seed.code) == (0, 0, 7)
    assert "a reboot clears" in seed.stderr


@pytest.fixture(scope="module")
def desktop(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Result]:
    """Give what each command of `SCRIPT` said, beside a real gnome-keyring."""
    for tool in ("dbus-run-session", "gnome-keyring-daemon"):
        require_tool(tool)
    person = person_in(cloud, tmp_path_factory.mktemp("desktop"))
    runtime = person.root / "runtime"
    runtime.mkdir(mode=0o700)
    shown = cloud.control.shown(person.user)
    (person.home / "seed.txt").write_text(cloud.seed(person.device))
    environment = {
        "CODE": shown.code.reveal(),
        "NEXT": shown.next_code.reveal(),
        "PYTHON": str(shutil.which("python", path=person.environment["PATH"])),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
    }
    person.run_program(["dbus-run-session", "--", "sh", "-c", SCRIPT], environment=environment)
    names = [path.stem for path in person.home.glob("*.code")]
    texts = {path.name: path.read_text() for path in person.home.iterdir() if path.is_file()}
    return {
        name: Result(stdout=texts[f"{name}.out"], stderr=texts[f"{name}.err"], code=int(texts[f"{name}.code"]))
        for name in names
    }


def test_a_desktops_keyring_keeps_a_session_for_the_next_process(desktop: Mapping[str, Result]) -> None:
    assert desktop["kept"].stderr.endswith("kept in Secret Service\n")
    assert desktop["found"].stderr.endswith("kept already\n")


def test_a_desktops_keyring_keeps_seeds(desktop: Mapping[str, Result]) -> None:
    assert desktop["imported"].code == 0
    assert desktop["listed"].stdout.startswith("arn:aws:iam::111122223333:mfa/")
    assert desktop["coded"].stdout.strip().isdecimal()


def test_a_locked_desktops_keyring_costs_a_warning(desktop: Mapping[str, Result]) -> None:
    assert desktop["lock"].code == 0
    assert desktop["opened"].code == 0
    assert "warning: the session works but could not be kept: the keyring is locked" in desktop["opened"].stderr
    assert desktop["opened"].stderr.endswith("not kept\n")


def test_a_locked_desktops_keyring_is_not_waited_for(desktop: Mapping[str, Result]) -> None:
    assert desktop["exported"].code == 8
    assert desktop["exported"].stdout == ""


def test_a_locked_desktops_keyring_is_told_and_left_locked(desktop: Mapping[str, Result]) -> None:
    assert desktop["doctored"].code == 7
    assert "bad\tkeyring\tSecret Service (chosen by PYTHON_KEYRING_BACKEND) is locked\tunlock it" in (
        desktop["doctored"].stdout
    )
    assert "place\tSecret Service\tlocked, chosen by PYTHON_KEYRING_BACKEND\n" in desktop["shown"].stdout
    assert desktop["shown"].code == 0


def test_nothing_leaves_a_locked_desktops_keyring(desktop: Mapping[str, Result]) -> None:
    assert desktop["moved"].code in {7, 8}
    assert "warning: the session works but could not be kept: the keyring is locked" in desktop["opened"].stderr
