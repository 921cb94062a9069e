"""Turns a request that the gate has let through into the environment that moto reads.

moto sees the request as it was sent, except for what decides where and as whom it acts: the account is the one the
gate says, the region the one that was signed, and buckets are always in the path.
"""

from __future__ import annotations

from io import BytesIO
from urllib.parse import unquote_to_bytes

from mfacli.emulator.operations import Operation, WireProtocol
from mfacli.emulator.requests import Incoming
from mfacli.emulator.wire.forms import FORM, content_type

Environ = dict[str, object]

# A client's own account header must not decide anything, and the agent's name would set the region.
_NOT_PASSED = frozenset({"authorization", "content-length", "expect", "host", "transfer-encoding", "user-agent"})
_MOTOS_OWN = "x-moto-"
_UPLOADS = frozenset({"PutObject", "UploadPart"})
_FORMS = frozenset({FORM, "multipart/form-data"})


def environ_for(operation: Operation, incoming: Incoming, account_id: str) -> Environ:
    """Return the WSGI environment of a request that acts in `account_id`."""
    environ: Environ = {
        "REQUEST_METHOD": incoming.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(incoming.path).decode("latin-1"),
        "QUERY_STRING": _query(operation, incoming),
        "RAW_URI": incoming.target,
        "REQUEST_URI": incoming.target,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": incoming.source_ip,
        "CONTENT_LENGTH": str(len(incoming.body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(incoming.body),
    }
    own = {
        "HTTP_HOST": _host(operation, incoming),
        "HTTP_X_MOTO_ACCOUNT_ID": account_id,
        "HTTP_AUTHORIZATION": _authorization(operation, incoming),
    }
    if operation.name in _UPLOADS and content_type(incoming) in _FORMS:
        # moto would take the object for parameters and keep nothing of it.
        own["CONTENT_TYPE"] = "binary/octet-stream"
    return environ | _headers(incoming) | own


def _query(operation: Operation, incoming: Incoming) -> str:
    """Return the query; for JSON one that names the operation.

    Without it moto looks for `&Action=` in the body, whatever text it stands in, and does that instead.
    """
    return f"Action={operation.name}" if operation.protocol is WireProtocol.JSON else incoming.query


def _host(operation: Operation, incoming: Incoming) -> str:
    """Return the host; for S3 a name that moto never takes for a bucket's."""
    host = incoming.header("host") or "localhost"
    if operation.service != "s3":
        return host
    _, colon, port = host.rpartition(":")
    return f"localhost:{port}" if colon and port.isdecimal() else "localhost"


def _headers(incoming: Incoming) -> Environ:
    from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY, environ_key_for_header
    from moto.core.request import should_preserve_original_header_name as keeps_underscore

    found: Environ = {}
    preserved: dict[str, str] = {}
    # Names with dashes first: in an environment one with underscores looks the same, and must not stand in for it.
    for name in sorted(dict.fromkeys(name for name, _ in incoming.headers), key=lambda name: "_" in name):
        key = environ_key_for_header(name)
        if name in _NOT_PASSED or name.replace("_", "-").startswith(_MOTOS_OWN) or key in found:
            continue
        if "_" in name:
            if not keeps_underscore(name):
                continue
            preserved[key] = name
        found[key] = incoming.header(name)
    return found | {PRESERVED_HEADER_NAMES_ENVIRON_KEY: preserved}


def _authorization(operation: Operation, incoming: Incoming) -> str:
    """Return the header from which moto takes the region; presigned and public requests bring none of their own."""
    region = "us-east-1" if operation.service == "iam" else operation.region
    scope = f"{incoming.received_at:%Y%m%d}/{region}/{operation.service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential=AKIAEMULATORSOWNGATE/{scope}, SignedHeaders=host, Signature=checked"
