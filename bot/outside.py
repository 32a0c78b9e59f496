"""Going out: which addresses we fetch by ourselves: public hosts on a list, over https alone."""

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

UNICAST = ipaddress.IPv6Network("2000::/3")
"""Where addresses of the open Internet are (RFC 4291)."""


class NotPublicError(OSError):
    """The host has an address inside a network: we do not go there."""


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only; the connection uses just those (no rebinding)."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises NotPublicError when one of them is not public."""
        found = await self._inner.resolve(host, port, family)
        for item in found:
            if not is_public(item["host"]):
                msg = f"{host} is not public"
                raise NotPublicError(msg)
        return found

    async def close(self) -> None:
        """Let go of the resolver."""
        await self._inner.close()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open Internet."""
    try:
        parsed = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        # Others may hold an inner IPv4 address, to which a gateway would go (6to4, NAT64).
        if parsed not in UNICAST or parsed.sixtofour is not None:
            return False
    return parsed.is_global and not parsed.is_multicast


def allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether an address may be asked: https, no port or password, a host (or its part) listed."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or parts.username or port not in {None, 443} or not host:
        return False
    # An address in figures would be gone to without asking the resolver, which knows inner ones.
    return not _in_figures(host) and any(_same_site(host, listed) for listed in hosts)


def _in_figures(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _same_site(host: str, listed: str) -> bool:
    bare, known = host.removeprefix("www."), listed.removeprefix("www.")
    return bare == known or bare.endswith(f".{known}")
