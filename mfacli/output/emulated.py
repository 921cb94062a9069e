"""What an emulator tells of itself, as text: its decisions one a line, and its world account by account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfacli.output.words import principal_name, printable

_MFA = {True: "MFA", False: "no MFA", None: "-"}


def log_line(record: Mapping[str, object], *, in_columns: bool) -> str:
    """Return one decision: in columns for people, else separated by tabs, with the whole name of the caller."""
    caller = str(record["caller"])
    operation = f"{record['service']}:{record['operation']}" if record["operation"] else str(record["service"]) or "-"
    mfa = record["mfa"]
    cells = [
        str(record["at"])[11:19] if in_columns else str(record["at"]),
        principal_name(caller) if in_columns else caller or "-",
        operation,
        _MFA[mfa if isinstance(mfa, bool) else None],
        str(record["outcome"]),
        str(record["reason"]) or "-",
    ]
    shown = [printable(cell) for cell in cells]
    if not in_columns:
        return "\t".join(shown)
    at, who, what, with_mfa, outcome, reason = shown
    why = "" if reason == "-" else reason
    return f"{at}  {who:<14} {what:<32} {with_mfa:<7} {outcome:<8} {why}".rstrip()


def world_text(world: Mapping[str, object]) -> str:
    """Return the accounts of both clouds with their people, roles and things."""
    lines: list[str] = []
    for account in _tables(world, "accounts"):
        lines += [f"{account['label']}  AWS account {account['id']}", *_people(account), *_things(account)]
    for account in _tables(world, "tencent"):
        title = f"{account['label']}  Tencent Cloud account {account['uin']}, APPID {account['appid']}"
        lines += [title, *_people(account), *_things(account)]
    return "\n".join(printable(line) for line in lines) + "\n"


def _people(account: Mapping[str, object]) -> list[str]:
    root = {"name": "root", "has_key": True, "has_device": account.get("has_root_device")}
    people = [*([root] if account.get("has_root_key") else []), *_tables(account, "users")]
    return [f"  {person['name']!s:<14} {', '.join(_belongings(person)) or 'nothing'}" for person in people]


def _belongings(person: Mapping[str, object]) -> list[str]:
    found = ["a key"] if person.get("has_key") else []
    found += [f"{device['kind']} device" for device in _tables(person, "devices")]
    return [*found, "virtual device"] if person.get("has_device") else found


def _things(account: Mapping[str, object]) -> list[str]:
    lines = []
    for kind in ("roles", "buckets", "tables", "queues", "topics", "instances"):
        names = [_name(thing) for thing in _listed(account, kind)]
        if names:
            lines.append(f"  {kind:<14} {', '.join(names)}")
    return lines


def _name(thing: object) -> str:
    if isinstance(thing, Mapping):
        return f"{thing['name']} ({thing['id']}, {thing['state']})"
    return str(thing).rpartition("/")[2]


def _listed(table: Mapping[str, object], key: str) -> Sequence[object]:
    value = table.get(key)
    return value if isinstance(value, list) else []


def _tables(table: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    return [inner for inner in _listed(table, key) if isinstance(inner, Mapping)]
