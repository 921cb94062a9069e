"""Where a plan goes: from the profile asked for along `source_profile` to keys, and back over roles. Pure.

It is the same with both clouds; what their profiles are is behind `Book`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from mfacli.domain.plan import Request
from mfacli.errors import ProfileBroken, ProfileUnknown, UsageWrong
from mfacli.profiles.asked import DEFAULT_PROFILE, Asked


class Linked(Protocol):
    """A profile, as far as the way to its keys is concerned."""

    @property
    def name(self) -> str:
        """What the profile is called."""

    @property
    def source_profile(self) -> str | None:
        """The profile that gives the keys for this one's role."""

    def place_of(self, key: str) -> str:
        """Return where one of its keys is written, for people."""

    def broken(self, key: str, what: str, *, hint: str = "") -> ProfileBroken:
        """Return the error that says what is wrong with one of its keys."""


Profile = TypeVar("Profile", bound=Linked)
Role = TypeVar("Role")
RoleMade = TypeVar("RoleMade", covariant=True)


class Book(Protocol[RoleMade, Profile]):
    """A cloud's profiles."""

    def has(self, name: str) -> bool:
        """Whether there is such a profile."""

    def has_keys(self, name: str) -> bool:
        """Whether a profile has keys of its own."""

    def read(self, name: str) -> Profile:
        """Return the profile, empty where there is none of this name."""

    def is_end(self, profile: Profile) -> bool:
        """Whether a profile names another way to keys than a profile."""

    def role_of(self, profile: Profile) -> RoleMade | None:
        """Return the role that a profile names."""

    def parse_role(self, text: str) -> RoleMade:
        """Return the role that a text with colons names."""

    def unknown(self, name: str, named_by: str) -> ProfileUnknown:
        """Return the error for a name that no profile has."""

    def without_role(self, name: str) -> ProfileBroken:
        """Return the error for a profile that names no role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Generic[Profile]):
    """A profile and its sources.

    `profiles` go from the one asked for to the one where the keys are. `roles` are those of them that name the
    roles to assume, in the order of the calls.
    """

    profiles: tuple[Profile, ...]
    roles: tuple[Profile, ...]

    @property
    def holder(self) -> Profile:
        """The profile where the keys are."""
        return self.profiles[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Generic[Role, Profile]):
    """A role to assume; `profile` holds its parameters (None: a name from the command line, which has none)."""

    role: Role
    profile: Profile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[Role, Profile]):
    """Where the plan goes: along which profiles, to which roles (none: to the MFA session itself).

    `name` is shown to people, and `origin` says what named it. `is_explicit` says that the command line named where
    the keys are.
    """

    name: str
    origin: str
    chain: Chain[Profile]
    wanted: tuple[Wanted[Role, Profile], ...]
    is_explicit: bool


def follow(name: str, book: Book[Role, Profile], *, then: str | None = None) -> Chain[Profile]:
    """Return the chain that starts at profile `name`; raises `ProfileBroken` for loops and missing sources.

    `then` is the profile to go on with where the chain comes to an end without any keys.
    """
    profiles = [book.read(name)]
    roles = [profiles[0]] if book.role_of(profiles[0]) else []
    while (source := _source_of(profiles[-1], book, then, is_first=len(profiles) == 1)) is not None:
        if source in [profile.name for profile in profiles]:
            loop = " → ".join(f"`{link.name}`" for link in profiles) + f" → `{source}`"
            raise profiles[-1].broken("source_profile", f"goes round in a circle: {loop}")
        profiles.append(book.read(source))
        # As in botocore, a source that has keys of its own is its keys; its role is not assumed.
        if book.role_of(profiles[-1]) and not book.has_keys(source):
            roles.append(profiles[-1])
    return Chain(profiles=tuple(profiles), roles=tuple(reversed(roles)))


def _source_of(profile: Profile, book: Book[Role, Profile], then: str | None, *, is_first: bool) -> str | None:
    """Return the profile that `profile` gets its keys from, or None where the chain ends with it."""
    own = book.has_keys(profile.name)
    if book.is_end(profile) or (own and not (is_first and book.role_of(profile))):
        return None
    if profile.source_profile is None:
        return None if own or then in {None, profile.name} else then
    if profile.source_profile == profile.name:
        if own:
            return None
        raise profile.broken("source_profile", "names the profile itself, which has no keys of its own")
    if not book.has(profile.source_profile):
        raise book.unknown(profile.source_profile, f"`source_profile` in {profile.place_of('source_profile')}")
    return profile.source_profile


def find_route(request: Request, asked: Asked, book: Book[Role, Profile]) -> Route[Role, Profile]:
    """Return the route of a request; raises `ProfileBroken` and `UsageWrong`."""
    # A missing `default` is no profile at all, which is fine where the environment has the keys.
    if asked.name != DEFAULT_PROFILE and not book.has(asked.name):
        raise book.unknown(asked.name, asked.origin)
    if request.role is not None and request.wants_role is not False:
        if ":" in request.role:
            return _to_role(book.parse_role(request.role), asked, book)
        return _to_profile(request.role, asked, book)
    chain = follow(asked.name, book)
    route = Route(
        name=asked.name, origin=asked.origin, chain=chain, wanted=_wanted(chain, book), is_explicit=asked.is_flag
    )
    if request.wants_role is False:
        return replace(route, wanted=())
    if not chain.roles and (request.wants_role or has_role_options(request)):
        raise book.without_role(asked.name)
    return route


def _to_role(role: Role, asked: Asked, book: Book[Role, Profile]) -> Route[Role, Profile]:
    """Assume a named role with what the asked profile gives: its keys, or the role that it names."""
    chain = follow(asked.name, book)
    return Route(
        name=asked.name,
        origin=asked.origin,
        chain=chain,
        wanted=(*_wanted(chain, book), Wanted(role=role, profile=None)),
        is_explicit=asked.is_flag,
    )


def _to_profile(name: str, asked: Asked, book: Book[Role, Profile]) -> Route[Role, Profile]:
    """Assume the role that a profile names, with its own source, or with `-p` in the place of that."""
    if not book.has(name):
        raise book.unknown(name, "the command line")
    target = book.read(name)
    if book.role_of(target) is None:
        raise book.without_role(name)
    if asked.is_flag and asked.name != name:
        before = follow(asked.name, book)
        if name in [profile.name for profile in before.profiles]:
            raise UsageWrong(f"profile `{asked.name}` gets its keys through `{name}` itself")
        chain = Chain(profiles=(target, *before.profiles), roles=(*before.roles, target))
        names_keys = True
    else:
        chain = follow(name, book, then=asked.name)
        # Where the profile itself says nothing of its keys, they are whatever this shell would use anyway.
        names_keys = bool(target.source_profile) or book.is_end(target) or book.has_keys(name)
    return Route(
        name=name,
        origin="the role asked for",
        chain=chain,
        wanted=_wanted(chain, book),
        is_explicit=asked.is_flag or names_keys,
    )


def _wanted(chain: Chain[Profile], book: Book[Role, Profile]) -> tuple[Wanted[Role, Profile], ...]:
    roles = ((book.role_of(profile), profile) for profile in chain.roles)
    return tuple(Wanted(role=role, profile=profile) for role, profile in roles if role is not None)


def has_role_options(request: Request) -> bool:
    """Whether a request has any of the options that only AssumeRole takes."""
    return bool(
        request.external_id or request.role_session_name or request.source_identity or request.tags
        or request.transitive_tags or request.policy or request.policy_arns
    )  # fmt: skip
