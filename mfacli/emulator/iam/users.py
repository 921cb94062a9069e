"""IAM's operations on users where moto falls short: ids, permissions boundaries, renaming, devices, keys' use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC

from mfacli.emulator.callers import Caller, RootPrincipal, UserPrincipal
from mfacli.emulator.devices import Devices
from mfacli.emulator.iam.asked import merged_tags, tag_list, tags_of, text, user_of
from mfacli.emulator.key_uses import KeyUses
from mfacli.emulator.plane.identities import as_moto
from mfacli.emulator.plane.people import People
from mfacli.emulator.refusals import own_error
from mfacli.emulator.world import ids

Parameters = Mapping[str, object]
Result = Mapping[str, object] | None
# IAM's word for what a key that was never used was used for.
_NEVER = "N/A"


class UserOperations:
    """What IAM answers about users; every method takes a call's parameters and its caller."""

    def __init__(self, people: People, devices: Devices, uses: KeyUses) -> None:
        self._people = people
        self._devices = devices
        self._uses = uses
        self.answers: dict[str, Callable[[Parameters, Caller], Result]] = {
            "GetUser": self.get,
            "CreateUser": self.create,
            "UpdateUser": self.update,
            "GetAccessKeyLastUsed": self.last_used,
            "PutUserPermissionsBoundary": self.put_boundary,
            "DeleteUserPermissionsBoundary": self.delete_boundary,
        }

    def get(self, parameters: Parameters, caller: Caller) -> Result:
        """Tell of a user, the caller where none is named."""
        principal = caller.principal
        if isinstance(principal, RootPrincipal) and not text(parameters, "UserName"):
            return {"User": {"UserId": principal.account_id, "Arn": principal.arn}}
        return {"User": user_result(user_of(parameters, caller, self._people), self._people, with_tags=True)}

    def create(self, parameters: Parameters, caller: Caller) -> Result:
        """Make a user, with an id in AWS's shape and a boundary where one is named."""
        account_id, name = caller.principal.account_id, text(parameters, "UserName")
        boundary = self._existing_boundary(parameters, account_id) if "PermissionsBoundary" in parameters else None
        tags = merged_tags((), tags_of(parameters))
        with self._people.account(account_id) as iam:
            if name in iam.users:
                raise own_error("EntityAlreadyExists", 409, f"User with name {name} already exists.")
            made = iam.create_user("us-east-1", name, text(parameters, "Path") or "/", as_moto(tags))
            made.id = ids.entity_id(ids.USER, account_id)
            self._people.set_boundary(made.id, boundary)
        user = UserPrincipal(account_id=account_id, name=name, path=made.path, user_id=made.id)
        return {"User": user_result(user, self._people, with_tags=True)}

    def update(self, parameters: Parameters, caller: Caller) -> Result:
        """Rename or move a user; its keys, devices and sessions stay its own."""
        account_id, name = caller.principal.account_id, text(parameters, "UserName")
        new_name = text(parameters, "NewUserName")
        with self._people.account(account_id) as iam:
            user = iam.users.get(name)
            if user is None:
                raise own_error("NoSuchEntity", 404, f"The user with name {name} cannot be found.")
            if new_name and new_name != name and new_name in iam.users:
                raise own_error("EntityAlreadyExists", 409, f"User with name {new_name} already exists.")
            tags = user.tags
            iam.tagger.delete_all_tags_for_resource(user.arn)
            iam.update_user(name, text(parameters, "NewPath") or None, new_name or None)
            iam.tagger.tag_resource(user.arn, tags or [])
            for key in user.access_keys:
                key.user_name = user.name
        return None

    def put_boundary(self, parameters: Parameters, caller: Caller) -> Result:
        """Set a user's permissions boundary."""
        user = user_of(parameters, caller, self._people)
        self._people.set_boundary(user.user_id, self._existing_boundary(parameters, user.account_id))
        return None

    def delete_boundary(self, parameters: Parameters, caller: Caller) -> Result:
        """Take a user's permissions boundary away."""
        user = user_of(parameters, caller, self._people)
        if self._people.boundary_arn(user.user_id) is None:
            raise own_error("NoSuchEntity", 404, f"User {user.name} has no permissions boundary.")
        self._people.set_boundary(user.user_id, None)
        return None

    def refuse_deletion(self, parameters: Parameters, caller: Caller) -> None:
        """Refuse to delete a user who still has devices or keys, which moto would let go."""
        user = user_of(parameters, caller, self._people)
        if self._devices.of_user(user.user_id):
            raise own_error("DeleteConflict", 409, "Cannot delete entity, must delete MFA device first.")
        with self._people.account(user.account_id) as iam:
            held = iam.users[user.name]
            if held.access_keys:
                raise own_error("DeleteConflict", 409, "Cannot delete entity, must delete access keys first.")
            if any(held in group.users for group in iam.groups.values()):
                raise own_error("DeleteConflict", 409, "Cannot delete entity, must remove users from group first.")

    def last_used(self, parameters: Parameters, caller: Caller) -> Result:
        """Tell when an access key was last used, and what for: moto sees only the calls that it answers."""
        key_id = text(parameters, "AccessKeyId")
        key = self._people.key(caller.principal.account_id, key_id)
        if key is None:
            raise own_error("NoSuchEntity", 404, f"The Access Key with id {key_id} cannot be found.")
        use = self._uses.last_of(key_id)
        return {
            "UserName": key.owner.name,
            "AccessKeyLastUsed": {
                "LastUsedDate": use.at if use else None,
                "ServiceName": use.service if use else _NEVER,
                "Region": use.region if use else _NEVER,
            },
        }

    def _existing_boundary(self, parameters: Parameters, account_id: str) -> str:
        arn = text(parameters, "PermissionsBoundary")
        if self._people.managed(account_id, arn) is None:
            raise own_error("NoSuchEntity", 404, f"Scope ARN: {arn} does not exist or is not attachable.")
        return arn


def user_result(user: UserPrincipal, people: People, *, with_tags: bool = False) -> Mapping[str, object]:
    """Return a user as IAM's answers show it."""
    with people.account(user.account_id) as iam:
        held = iam.users.get(user.name)
        if held is None:
            raise own_error("NoSuchEntity", 404, f"The user with name {user.name} cannot be found.")
        created = held.create_date
    boundary = people.boundary_arn(user.user_id)
    tags = tuple(people.tags(user).items()) if with_tags else ()
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.user_id,
        "Arn": user.arn,
        "CreateDate": created.replace(tzinfo=UTC),
        "PermissionsBoundary": (
            {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": boundary}
            if boundary
            else None
        ),
        "Tags": tag_list(tags) if tags else None,
    }
