"""Guard: who may ask at all. It stands before every route, and knows nothing of them."""

import ipaddress
import json
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from relens.serve.refusal import Refusal

# As ASGI has them.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

TOKEN_HEADER = "x-relens-token"

# What only reads; everything else needs the token, and so do the pictures of others.
_READS = ("GET", "HEAD")
_PRIVATE = "/api/jobs"
# Who asks, as the browser says: our own page, or the person who typed the address.
_OWN_SITES = ("same-origin", "none")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
    "connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Hosts:
    """The names under which the server may be asked for.

    A page of another site can let its own name point here (DNS rebinding), and then reads our answers as its own. That
    name is in the Host header, so only known names pass. An address in numbers belongs to no other site.

    Attributes:
        names: host names and addresses, lower case, IPv6 in brackets.
        port: the server's.
        any_address: whether any address in numbers is right, since the server listens on all of this machine's.
    """

    names: frozenset[str]
    port: int
    any_address: bool = False

    def has(self, host: str) -> bool:
        """Whether a Host header's value is one of them."""
        name, _, port = host.lower().rpartition(":")
        if port != str(self.port):
            # A browser leaves out the port that everybody knows.
            name, port = (host.lower(), "80") if self.port == 80 else ("", "")
        return name in self.names or (self.any_address and bool(port) and _is_address(name))


class Guard:
    """Passes on what a page of ours asks: the Host is ours, no other site is behind it, and writes have the token.

    Every answer, a refusal too, gets the headers that keep a browser strict. Source of the checks: OWASP, Cross-Site
    Request Forgery Prevention Cheat Sheet (token, Origin, Fetch Metadata).
    """

    def __init__(self, app: AsgiApp, hosts: Hosts, token: str) -> None:
        self._app, self._hosts, self._token = app, hosts, token.encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI 3 has it; sockets that stay open (WebSocket) are closed."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            return

        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_defaults(message.get("headers", ()))}
            await send(message)

        try:
            self._check(scope)
        except Refusal as refusal:
            # What follows may be a body or another request: it is not read (RFC 9112, 6.1).
            await _refuse(strict, refusal, closes=_has_two_lengths(scope))
            return
        await self._app(scope, receive, strict)

    def _check(self, scope: Scope) -> None:
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        if _has_two_lengths(scope):
            raise Refusal(400, "the body has two lengths; expected one")
        host = _only("host", headers)
        if host is None or not self._hosts.has(host):
            raise Refusal(421, f"the address {ascii(host or '')[:80]} is not this server's; open the one it printed")
        origin = _only("origin", headers)
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            raise Refusal(403, f"a page of {ascii(origin)[:80]} asked; only the viewer's own may")
        site = _only("sec-fetch-site", headers)
        if site not in (None, *_OWN_SITES) and not _is_visit(scope, headers):
            raise Refusal(403, "a page of another site asked; only the viewer's own may")
        if scope["method"] not in _READS or scope["path"].startswith(_PRIVATE):
            given = _only(TOKEN_HEADER, headers)
            if given is None or not secrets.compare_digest(given.encode("latin-1"), self._token):
                raise Refusal(403, "this page may only look; open the address that relens view printed, with its token")


async def _refuse(send: Send, refusal: Refusal, *, closes: bool) -> None:
    body = json.dumps({"error": str(refusal)}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"connection", b"close")] if closes else []
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _has_two_lengths(scope: Scope) -> bool:
    return {b"content-length", b"transfer-encoding"} <= {name.lower() for name, _ in scope["headers"]}


def _with_defaults(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    said = list(headers)
    names = {name.lower() for name, _ in said}
    return said + [(name.encode(), value.encode()) for name, value in _HEADERS.items() if name.encode() not in names]


def _only(name: str, headers: list[tuple[str, str]]) -> str | None:
    """The value of a header that must not be there twice."""
    values = [value for known, value in headers if known == name]
    if len(values) > 1:
        raise Refusal(400, f"the header {name} is there {len(values)} times; expected one")
    return values[0] if values else None


def _is_visit(scope: Scope, headers: list[tuple[str, str]]) -> bool:
    """Whether somebody follows a link to the page, from a mail or a terminal in the browser: it only shows itself."""
    is_page = scope["method"] == "GET" and scope["path"] == "/"
    modes = _only("sec-fetch-mode", headers), _only("sec-fetch-dest", headers)
    return is_page and modes == ("navigate", "document")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
