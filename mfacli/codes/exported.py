"""What other programs export becomes seeds: one or many, of which the person chooses.

Read are otpauth links, one or many in any text, Google Authenticator's migration links, what other programs write as
JSON or CSV where it is not encrypted, and bare base32. Nothing of it is repeated in an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mfacli.codes.json_exports import links_in_json
from mfacli.codes.migration import SCHEME, Migration, read_migration
from mfacli.codes.seeds import ImportedSeed, label_in, label_of, parse_seed
from mfacli.codes.table_exports import links_in_table
from mfacli.domain.secret import Secret
from mfacli.errors import SeedMalformed

# In a table or a list a link ends where the cell or the word does. Before the question mark it may have single
# spaces: not every program escapes those of an issuer's name.
_LINK = re.compile(
    r"otpauth(?:-migration)?://[^\s\"<>|?]{0,500}(?: [^\s\"<>|?]{1,500}){0,20}\?[^\s\"<>|,;]*", re.IGNORECASE
)
# What may stand around a link in prose, and is never the end of one.
_CLOSING = "'`)]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """An account without a seed that a cloud could use.

    `label` is what people know it by, empty where that is not to be told from its seed; `why` says what is wrong.
    """

    label: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What was found.

    `missing` says, for a migration in several pictures, which of them are not there: by their numbers, of how many.
    """

    seeds: Sequence[ImportedSeed]
    passed_over: Sequence[PassedOver] = ()
    missing: Sequence[tuple[Sequence[int], int]] = ()


@dataclass(slots=True)
class _Found:
    """What has been found so far."""

    seeds: list[ImportedSeed] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    first: SeedMalformed | None = None
    parts: dict[tuple[int, int], set[int]] = field(default_factory=dict)


def read_export(content: Secret) -> Export:
    """Return the seeds in `content`, at least one, and what was passed over.

    Raises `SeedMalformed`: where there is none, saying what is wrong with the first.
    """
    text = content.reveal().strip().removeprefix("\ufeff")
    if text.startswith(("{", "[")):
        return _gathered(links_in_json(text))
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(lines) == 1 and lines[0].lower().startswith(("otpauth://", SCHEME)):
        # As it is: a link that stands alone may have spaces anywhere.
        return _gathered(lines)
    if links := links_in_table(text):
        return _gathered(links)
    if links := _LINK.findall("\n".join(lines)):
        return _gathered(link.rstrip(_CLOSING) for link in links)
    _refuse_several(lines)
    return Export(seeds=[parse_seed(Secret(" ".join(lines)))])


def _refuse_several(lines: Sequence[str]) -> None:
    """Raise `SeedMalformed` where joining the lines could make one wrong seed of several right ones."""
    if len(lines) < 2:
        return
    for line in lines:
        try:
            parse_seed(Secret(line))
        except SeedMalformed:
            return
    raise SeedMalformed(
        f"the text has {len(lines)} lines, each of which can be a seed", hint="give one of them, in one line"
    )


def _gathered(texts: Iterable[str]) -> Export:
    found = _Found()
    for text in texts:
        try:
            _add(found, text)
        except SeedMalformed as problem:
            found.first = found.first or problem
            label = label_in(Secret(text))
            found.passed_over.append(PassedOver(label=label_of(*label) if label else "", why=problem.message))
    if not found.seeds:
        if found.first is None and found.passed_over:
            found.first = SeedMalformed(f"nothing in it can be used: {found.passed_over[0].why}")
        raise found.first or SeedMalformed(
            "nothing in it is a seed", hint="give an otpauth:// link, or an export with some"
        )
    return Export(seeds=_once_each(found.seeds), passed_over=found.passed_over, missing=_missing(found.parts))


def _once_each(seeds: Sequence[ImportedSeed]) -> Sequence[ImportedSeed]:
    """Return them without repetitions, as of a list that was appended to itself."""
    known = {
        (
            each.issuer,
            each.account,
            each.seed.key.reveal(),
            each.seed.algorithm,
            each.seed.digits,
            each.seed.period,
        ): each
        for each in seeds
    }
    return list(known.values())


def _add(found: _Found, text: str) -> None:
    if not text.lower().startswith(SCHEME):
        found.seeds.append(parse_seed(Secret(text)))
        return
    migration = read_migration(Secret(text))
    _note_part(found, migration)
    for each in migration.accounts:
        if isinstance(each.seed, str):
            label = label_of(each.issuer, each.account)
            found.passed_over.append(PassedOver(label=label, why=each.seed))
        else:
            found.seeds.append(ImportedSeed(seed=each.seed, issuer=each.issuer, account=each.account))


def _note_part(found: _Found, migration: Migration) -> None:
    found.parts.setdefault((migration.export, migration.parts), set()).add(migration.part)


def _missing(parts: Mapping[tuple[int, int], set[int]]) -> Sequence[tuple[Sequence[int], int]]:
    found = []
    for (_, count), there in parts.items():
        if gone := [part for part in range(1, count + 1) if part not in there]:
            found.append((gone, count))
    return found
