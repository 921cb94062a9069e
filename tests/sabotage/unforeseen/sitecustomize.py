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
        if fullname not in _SPOILERS:
            return None
        spoil = _SPOILERS.pop(fullname)
        spec = PathFinder.find_spec(fullname, path)  # type: ignore[arg-type]  # as handed to every finder
        assert spec is not None
        assert spec.loader is not None
        load = spec.loader.exec_module

        def load_and_spoil(module: ModuleType) -> None:
            load(module)
            spoil(module)

        spec.loader.exec_module = load_and_spoil  # type: ignore[method-assign]  # the sabotage
        return spec


def _spoil_aws(module: ModuleType) -> None:
    def fail(self: object, operation: str, parameters: object) -> None:
        signer = self._request_signer  # type: ignore[attr-defined]  # botocore's own
        raise ArithmeticError(f"{operation} {parameters} {signer._credentials.secret_key}")

    module.BaseClient._make_api_call = fail


def _spoil_tencent(module: ModuleType) -> None:
    call = module.AbstractClient.call_json

    def fail(self: object, action: str, parameters: object) -> object:
        # What comes before a code is asked for, and knows none.
        if action == "GetCallerIdentity":
            return call(self, action, parameters)
        keys = self.credential.get_credential_info()  # type: ignore[attr-defined]  # the SDK's own
        raise ArithmeticError(f"{action} {parameters} {keys}")

    module.AbstractClient.call_json = fail


_SPOILERS = {"botocore.client": _spoil_aws, "tencentcloud.common.abstract_client": _spoil_tencent}
sys.meta_path.insert(0, _Finder())
