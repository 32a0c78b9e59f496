"""Where phones reach us: the public address, else this machine's own on the hotspot."""

import ipaddress
import socket
from urllib.parse import urlsplit

from bot.settings import Settings

LOOKED_AT = ("10.42.0.2", "192.168.137.2", "192.168.43.2", "192.168.0.2", "10.0.0.2", "172.16.0.2")
"""Places in the networks that hotspots of Linux, Windows and phones make. Nothing is sent there:
the system only says from which of its addresses it would."""


def address(settings: Settings, scheme: str, host: str) -> str:
    """The address to print and to put into QR codes; `host` is what a browser called us."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    name, port = _split(host)
    own = lan_address() if is_local(name) else ""
    return f"{scheme}://{own}{f':{port}' if port else ''}" if own else f"{scheme}://{host}"


def is_local(name: str) -> bool:
    """Whether a name means this machine to whoever reads it, so that no phone gets anywhere."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def hears_phones(settings: Settings, shown: str) -> bool:
    """Whether a phone that opens an address can come in: a server on loopback hears nobody."""
    if settings.public_url:
        return True
    return not is_local(urlsplit(shown).hostname or "") and not is_local(settings.host)


def lan_address() -> str:
    """This machine's address in its own network; empty when it is in none."""
    found = (_seen_from(place) for place in LOOKED_AT)
    return next((own for own in found if own and not is_local(own)), "")


def _seen_from(place: str) -> str:
    """Which of our addresses would speak to a place; empty when none would, or not privately."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((place, 9))
            own = str(probe.getsockname()[0])
        except OSError:
            return ""
    return own if ipaddress.ip_address(own).is_private else ""


def _split(host: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{host}")
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None
