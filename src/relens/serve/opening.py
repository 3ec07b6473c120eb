"""Opening: the scene is loaded while the browser fetches the page; who asks for the scene waits for it."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from importlib import import_module
from typing import TYPE_CHECKING

from relens.progress import Progress
from relens.serve.refusal import Refusal

if TYPE_CHECKING:
    from relens.serve.session import Loaded, Session
    from relens.viewer.first_look import FirstLook

Load = Callable[[Progress], "Loaded"]


class _Stopped(Exception):
    """Raised inside the loading when the server ends."""


class Opening:
    """A session that is there soon."""

    def __init__(self, load: Load, say: Callable[[str], None], look: "FirstLook | None" = None) -> None:
        """Start to load, in a thread.

        load: told of progress by being given a listener, which raises when the server ends. say: prints a line for
        people. look: a kept look at the very state of the scene that is loaded.
        """
        self._load, self._say, self._look = load, say, look
        self.is_stopped = False
        self._session: Future[Session] = Future()
        # So that a request that is given up does not give up the loading.
        self._session.set_running_or_notify_cancel()
        self._answered = threading.Lock()
        # As daemons, so that a second Ctrl-C ends the program whatever it is at.
        self._thread = threading.Thread(target=self._open, name="relens-opening", daemon=True)
        self._thread.start()
        # What takes long to import is, while the scene's files are unpacked.
        threading.Thread(target=import_module, args=("relens.serve.session",), daemon=True).start()

    @property
    def opened(self) -> "Session | None":
        """The session, if it is there."""
        is_there = self._session.done() and self._session.exception() is None
        return self._session.result() if is_there else None

    async def session(self) -> "Session":
        """The session, as soon as it is there. Raises what the loading raised, Refusal (503) at the end."""
        return await asyncio.wrap_future(self._session)

    @property
    def look(self) -> "FirstLook | None":
        """What can be answered before the session is there, as it would be after."""
        return None if self._session.done() else self._look

    def on_failure(self, call: Callable[[], None]) -> None:
        """Call, from any thread, once it is known that there will be no session."""
        self._session.add_done_callback(lambda session: call() if session.exception() else None)

    def stop(self) -> None:
        """Load no further, and take no more jobs; who waits hears so. Returns at once."""
        self.is_stopped = True
        self._answer(error=Refusal(503, "relens view is ending; start it again"))
        if session := self.opened:
            session.shots.stop()

    def wind_down(self, longest_s: float) -> None:
        """Stop; what runs has so long to end, then it has to."""
        self.stop()
        if session := self.opened:
            session.shots.wind_down(longest_s)

    def close(self) -> None:
        """Stop, and close the session. Raises what the loading raised, and what closing raises."""
        self.stop()
        self._thread.join()
        error = self._session.exception()
        if error is None:
            self._session.result().close()
        elif not isinstance(error, Refusal):
            raise error

    def _open(self) -> None:
        try:
            loaded = self._load(self._progress)
            from relens.serve.session import Session

            if not self.is_stopped:
                session = Session(loaded, self._say)
                if not self._answer(session):
                    session.close()
        except _Stopped:
            pass
        except BaseException as error:  # Raised again where the server ends.
            self._answer(error=error)

    def _progress(self, stage: str, fraction: float) -> None:
        if self.is_stopped:
            raise _Stopped

    def _answer(self, session: "Session | None" = None, error: BaseException | None = None) -> bool:
        """Whether this was the first answer; only that counts."""
        with self._answered:
            if self._session.done():
                return False
            if session is not None:
                self._session.set_result(session)
            else:
                self._session.set_exception(error)
            return True
