"""Desk: the folder in which a scene's orders and results lie: the user's own, or a temporary one."""

import hashlib
import os
import shutil
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

from relens.errors import RelensError
from relens.only_one import only_one

_LOCK, _ORDERS, _RESULTS = "lock", "orders", "results"


def desk_of(folder: Path) -> Path:
    """Where the orders of a scene's folder are kept from one server to the next."""
    # File names may hold bytes that are no characters.
    path = os.fspath(folder.resolve()).encode("utf-8", "surrogateescape")
    return _state_folder() / hashlib.sha256(path).hexdigest()[:32]


class Desk:
    """The folders `orders` and `results`, made for the first, and removed at the end where they are empty.

    One server at a time has a scene's desk; a second one, and a scene without a folder, get a temporary one.
    """

    def __init__(self, place: Path | None) -> None:
        """place: `desk_of` the scene's folder; None where nothing outlives the server."""
        self._place, self._making, self._held = place, threading.Lock(), ExitStack()
        self._folder: Path | None = None
        self.is_lasting = False

    @property
    def was_left(self) -> bool:
        """Whether an earlier server has left something."""
        return self._place is not None and (self._place / _ORDERS).is_dir()

    @property
    def orders(self) -> Path:
        """The folder of the `OrderBook`."""
        return self._made() / _ORDERS

    @property
    def results(self) -> Path:
        """The folder of `Results`."""
        return self._made() / _RESULTS

    def close(self) -> None:
        """Give the desk up; what is left on it stays."""
        with self._making, self._held:
            if self._folder is None:
                return
            if not self.is_lasting:
                shutil.rmtree(self._folder, ignore_errors=True)
                return
            with suppress(OSError):  # Not empty: that is what the next server finds.
                (self._folder / _RESULTS).rmdir()
                (self._folder / _ORDERS).rmdir()
                (self._folder / _LOCK).unlink()
                self._folder.rmdir()

    def _made(self) -> Path:
        with self._making:
            if self._folder is None:
                self._folder = self._lasting() or Path(tempfile.mkdtemp(prefix="relens-view-"))
                for name in (_ORDERS, _RESULTS):
                    (self._folder / name).mkdir(0o700, exist_ok=True)
            return self._folder

    def _lasting(self) -> Path | None:
        if self._place is None:
            return None
        with suppress(OSError, RelensError):
            self._place.mkdir(0o700, parents=True, exist_ok=True)
            self._held.enter_context(only_one(self._place / _LOCK, "another relens view has this scene"))
            self.is_lasting = True
            return self._place
        return None


def _state_folder() -> Path:
    """The user's folder for what programs leave from one run to the next, as each system has it."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_STATE_HOME", "")
        # What is relative is to be ignored: XDG Base Directory Specification 0.8.
        base = base if os.path.isabs(base) else Path.home() / ".local" / "state"
    return Path(base, "relens", "view")
