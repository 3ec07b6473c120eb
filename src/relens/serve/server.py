"""The server itself: one process, which sleeps while nobody asks."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from uvicorn import Config, Server

from relens.serve.address import Address
from relens.serve.app import app
from relens.serve.guard import AsgiApp, Guard
from relens.serve.opening import Opening
from relens.serve.page_files import PageFile
from relens.serve.patience import PatientProtocol

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
# A browser opens six connections to a server, and each shot that waits has one; then a few tabs more than anybody has.
_MOST_CONNECTIONS = 256
_KEEP_ALIVE_S = 15
# For answers that are under way at the end, and before for the picture that is being taken.
_GRACE_S = 3


def serve(address: Address, page: dict[bytes, PageFile], opening: Opening) -> None:
    """Serve a page and the scene that is being opened, until a signal comes; then save and clean up.

    Ctrl-C returns; other signals end the program as they would have, but everything is saved first: after SIGTERM a
    shell sees the status 143, which systemd takes for a clean end.
    Raises what the loading of the scene raised, and RelensError for edits that cannot be saved.
    """
    server = server_of(address, page, opening)
    with server.signals():
        try:
            server.run(sockets=[address.listener])
        finally:
            opening.close()
    if server.ended_by not in (None, signal.SIGINT):
        signal.raise_signal(server.ended_by)


def server_of(address: Address, page: dict[bytes, PageFile], opening: Opening) -> "ViewServer":
    """The server for a page and a scene, which ends where the scene cannot be opened."""
    server = ViewServer(Guard(app(opening, page), address.hosts, address.token), opening)
    opening.on_failure(server.end)
    return server


class ViewServer(Server):
    """uvicorn, which waits for its end instead of looking for it ten times a second."""

    def __init__(self, asgi: AsgiApp, opening: Opening) -> None:
        config = Config(
            asgi,  # pyright: ignore[reportArgumentType]
            http=PatientProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            # What goes wrong in a request is its client's, or ours and then told by the app.
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_GRACE_S,
        )
        super().__init__(config)
        self.ended_by: int | None = None
        self._opening = opening
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    def end(self) -> None:
        """End soon; from any thread, and from a signal."""
        self.should_exit = True
        if self._loop is not None and self._ended is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)

    async def main_loop(self) -> None:
        """Wait for the end."""
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._ended.wait()

    async def shutdown(self, sockets: list | None = None) -> None:
        """Answer who waits, then close the connections; until then health is told, and new work refused."""
        self._opening.stop()
        await asyncio.to_thread(self._opening.wind_down, _GRACE_S)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: `signals` has them for longer."""
        yield

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Inside, a signal ends the server, and nothing else; a second one ends the process at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self._on_signal) for each in _SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.ended_by is not None:
            # What waits is on the disk since it was ordered, and files are written whole or not at all.
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.ended_by = number
        self.end()
