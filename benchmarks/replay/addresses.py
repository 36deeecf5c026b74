"""Which addresses events may go to: loopback and private ones, and hosts that the user names."""

import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from simulator.errors import InputError

# Loopback and private use, RFC 1122, RFC 1918, RFC 4193. Link-local addresses are left out: in a cloud, the
# machine's own credentials are served on one of them.
_ALLOWED = tuple(
    ip_network(text) for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
Resolve = Callable[..., Sequence[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Address:
    """A host whose addresses were checked.

    Attributes
    ----------
    host : str
        The host as the user wrote it.
    places : tuple of (int, tuple)
        Socket family, and what a socket connects to: a numeric address, the port, and what the family adds.
    """

    host: str
    places: tuple[tuple[int, tuple[Any, ...]], ...]


def find_address(
    host: str, port: int, allowed_hosts: Collection[str] = (), resolve: Resolve = socket.getaddrinfo
) -> Address:
    """Resolve a host once and return the addresses of it, all of which events may go to.

    Parameters
    ----------
    host : str
        A name or a numeric address.
    port : int
    allowed_hosts : collection of str
        Hosts that may have any address; compared as written, without case.
    resolve : callable
        As ``socket.getaddrinfo``.

    Raises
    ------
    InputError
        When the name has no address, or one that is neither loopback nor private and was not allowed.
    """
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(f"--to: must name a host that has an address, got {host}: {error}.") from error
    if host.lower() not in {name.lower() for name in allowed_hosts}:
        for *_, place in found:
            _refuse_public(host, str(place[0]))
    return Address(host, tuple(dict.fromkeys((int(family), tuple(place)) for family, _, _, _, place in found)))


def connect(address: Address, timeout_seconds: float) -> socket.socket:
    """Return a socket that is connected to the first checked address that answers; no name is resolved again."""
    for place, (family, target) in enumerate(address.places, 1):
        try:
            return _connect(family, target, timeout_seconds)
        except OSError:
            if place == len(address.places):
                raise
    raise OSError(f"{address.host} has no address")


def _connect(family: int, target: tuple[Any, ...], timeout_seconds: float) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_seconds)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect(target)
    except BaseException:
        connection.close()
        raise
    return connection


def find_peers() -> set[str]:
    """Return the numeric addresses that this process is connected to or connecting to."""
    import psutil

    return {str(connection.raddr.ip) for connection in psutil.Process().net_connections("tcp") if connection.raddr}


def is_private(address: str) -> bool:
    """Whether a numeric address is loopback or for private use.

    Examples
    --------
    >>> is_private("192.168.1.9"), is_private("169.254.169.254"), is_private("::ffff:8.8.8.8")
    (True, False, False)
    """
    plain = _unwrap(ip_address(address.partition("%")[0]))
    return any(plain.version == network.version and plain in network for network in _ALLOWED)


def _unwrap(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address inside an IPv6 one."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _refuse_public(host: str, address: str) -> None:
    if not is_private(address):
        named = host if host == address else f"{host} ({address})"
        raise InputError(
            f"--to: must lead to a loopback or private address, got {named}. "
            f"Events go to your own pipeline; if this is yours, add --allow-host {host}."
        )
