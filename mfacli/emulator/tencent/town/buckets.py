"""COS buckets and their objects."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

from mfacli.emulator.tencent.town.entities import Bucket, CosObject


class Buckets:
    """All buckets of all accounts; a bucket's name is the world's, as it holds its owner's APPID."""

    def __init__(self, guard: RLock) -> None:
        self._guard = guard
        self._buckets: dict[str, Bucket] = {}
        self._objects: dict[str, dict[str, CosObject]] = {}

    def clear(self) -> None:
        """Forget all buckets."""
        with self._guard:
            self._buckets.clear()
            self._objects.clear()

    def put(self, bucket: Bucket) -> None:
        """Have a bucket, in place of the one of its name; its objects stay."""
        with self._guard:
            self._buckets[bucket.name] = bucket
            self._objects.setdefault(bucket.name, {})

    def find(self, name: str) -> Bucket | None:
        """Return the bucket of this name, whoever's it is."""
        with self._guard:
            return self._buckets.get(name)

    def of_account(self, owner_uin: str) -> Sequence[Bucket]:
        """Return an account's buckets by name."""
        with self._guard:
            return sorted(
                (bucket for bucket in self._buckets.values() if bucket.owner_uin == owner_uin),
                key=lambda bucket: bucket.name,
            )

    def remove(self, name: str) -> None:
        """Remove a bucket with everything in it."""
        with self._guard:
            self._buckets.pop(name, None)
            self._objects.pop(name, None)

    def put_object(self, bucket_name: str, item: CosObject) -> None:
        """Have an object in a bucket that is there, in place of the one with its key."""
        with self._guard:
            self._objects[bucket_name][item.key] = item

    def object(self, bucket_name: str, key: str) -> CosObject | None:
        """Return an object."""
        with self._guard:
            return self._objects.get(bucket_name, {}).get(key)

    def objects(self, bucket_name: str, prefix: str = "") -> Sequence[CosObject]:
        """Return a bucket's objects whose keys begin with `prefix`, by key."""
        with self._guard:
            found = self._objects.get(bucket_name, {})
            return [found[key] for key in sorted(found, key=str.encode) if key.startswith(prefix)]

    def remove_object(self, bucket_name: str, key: str) -> None:
        """Remove an object; where there is none, nothing happens."""
        with self._guard:
            self._objects.get(bucket_name, {}).pop(key, None)

    def weight(self) -> int:
        """Return how many bytes there are in all buckets together."""
        with self._guard:
            return sum(len(item.body) for items in self._objects.values() for item in items.values())
