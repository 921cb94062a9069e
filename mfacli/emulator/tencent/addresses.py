"""Where a request goes: host, path and query, in whichever form the request line has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from mfacli.emulator.requests import Incoming
from mfacli.emulator.signing.canonical import octets
from mfacli.emulator.tencent.refusals import Rejected, RejectionKind

_ABSOLUTE = re.compile(r"https?://(?P<authority>[^/?#]*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_PORT = re.compile(r":[0-9]*\Z", re.ASCII)
_MOST_FIELDS = 10_000
_COS_HOST = re.compile(
    r"(?:(?:(?P<bucket>[a-z0-9][a-z0-9.-]*)\.)?cos(?:-internal)?\.(?P<region>[a-z0-9-]+)|service\.cos)"
    r"\.(?:myqcloud\.com|tencentcos\.cn)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a request is sent to. `host` is the Host header as received, with any port; path and query are encoded.

    `disagrees` is whether an absolute request line names another host than the header.
    """

    host: str
    path: str
    query: str
    disagrees: bool = False

    @property
    def signed_hosts(self) -> tuple[str, ...]:
        """The host as clients sign it: as received, or without its port (COS's clients, and the API's for Node)."""
        return tuple(dict.fromkeys((self.host, _PORT.sub("", self.host))))

    @property
    def host_name(self) -> str:
        """The host in lower case, without a scheme (some clients send one) and without its port."""
        bare = self.host.strip().lower().removeprefix("http://").removeprefix("https://")
        return _PORT.sub("", bare.rstrip("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CosPlace:
    """What a host name of COS says. `bucket` is empty where it names none, `region` where it is of no region."""

    bucket: str
    region: str


def cos_place(host_name: str) -> CosPlace | None:
    """Return what a host name says of COS; None where it is not one of COS's."""
    found = _COS_HOST.fullmatch(host_name)
    return CosPlace(bucket=found["bucket"] or "", region=found["region"] or "") if found else None


def address_of(incoming: Incoming) -> Address:
    """Return where a request goes; never raises."""
    host = incoming.header("host") or ""
    absolute = _ABSOLUTE.fullmatch(incoming.target)
    target = absolute["rest"] if absolute else incoming.target
    path, _, query = target.partition("?")
    address = Address(host=host, path=path or "/", query=query)
    if absolute is None or not absolute["authority"]:
        return address
    named = Address(host=absolute["authority"], path="/", query="")
    return Address(
        host=host or named.host,
        path=address.path,
        query=query,
        disagrees=bool(host) and named.host_name != address.host_name,
    )


def pairs_of(data: str | bytes) -> list[tuple[str, str]]:
    """Return the names and values of a query or a form, a plus being a space; raises `Rejected`."""
    try:
        text = (octets(data) if isinstance(data, str) else data).decode()
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Rejected(
            RejectionKind.MALFORMED,
            "The parameters are not UTF-8, or too many.",
            "请求参数不是 UTF-8 编码，或数量过多。",
        ) from None


def each_once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return the pairs as a mapping; raises `Rejected` where a name is there twice."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise Rejected(
                RejectionKind.MALFORMED,
                "A parameter is given twice.",
                "请求参数重复。",
            )
        found[name] = value
    return found
