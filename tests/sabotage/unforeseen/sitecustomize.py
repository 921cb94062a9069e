"""Makes every call to a cloud fail in a way that nobody foresaw, with all it knows in the error's text.

A process that has this directory on PYTHONPATH imports it before anything else.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != "botocore.client":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname, path)  # type: ignore[arg-type]  # as handed to every finder
        assert spec is not None
        assert spec.loader is not None
        load = spec.loader.exec_module

        def load_and_spoil(module: ModuleType) -> None:
            load(module)
            module.BaseClient._make_api_call = _fail

        spec.loader.exec_module = load_and_spoil  # type: ignore[method-assign]  # the sabotage
        return spec


def _fail(self: object, operation: str, parameters: object) -> None:
    signer = self._request_signer  # type: ignore[attr-defined]  # botocore's own
    raise ArithmeticError(f"{operation} {parameters} {signer._credentials.secret_key}")


sys.meta_path.insert(0, _Finder())
