"""Address: where the server listens, and under which names it may be asked for."""

import ipaddress
import secrets
import socket
from dataclasses import dataclass

from relens.errors import RelensError
from relens.ranges import whole
from relens.serve.guard import Hosts

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_BACKLOG = 64


@dataclass(frozen=True)
class Address:
    """A socket that listens already, so that a browser may come as soon as it knows of it.

    Attributes:
        listener: the socket.
        url: what to open, with the token.
        hosts: the names that the guard lets through.
        token: what a page needs to write.
        is_private: whether only this machine can reach it.
    """

    listener: socket.socket
    url: str
    hosts: Hosts
    token: str
    is_private: bool


def listen(host: str, port: int) -> Address:
    """Listen on a name or an address of this machine; port 0 is any that is free.

    Raises RelensError, in one line, where that cannot be.
    """
    port = whole("port", port, "0 to 65535, 0 for any that is free", 0, 65535)
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(place[:2], family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RelensError(f"cannot listen on {host} port {port}: {reason}; choose another --host or --port") from error
    address, taken = listener.getsockname()[:2]
    number = ipaddress.ip_address(address.partition("%")[0])
    names = {_in_url(host), _in_url(address), *(_LOOPBACK if number.is_loopback or number.is_unspecified else ())}
    shown = "127.0.0.1" if number.is_unspecified else _in_url(host)
    if number.is_unspecified:
        names.add(socket.gethostname().lower())
    token = secrets.token_urlsafe(24)
    return Address(
        listener=listener,
        url=f"http://{shown}:{taken}/#token={token}",
        hosts=Hosts(frozenset(names), taken, any_address=number.is_unspecified),
        token=token,
        is_private=number.is_loopback,
    )


def _in_url(host: str) -> str:
    return f"[{host.lower()}]" if ":" in host else host.lower()
