"""Keeper: writes edits into the scene's folder, beside the work of the page, so that nobody waits for the disk."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from relens.edit.history import History, Step
from relens.edit.history_file import save_history
from relens.edit.patch_file import encode_patches
from relens.errors import RelensError
from relens.serve.folder_state import FolderState, folder_state

# Saving takes all cores for a while; a hand that paints on is not to feel it. But it does not wait for ever.
_PAUSE_S, _LONGEST_S = 0.7, 5.0


@dataclass(frozen=True)
class Kept:
    """A history in a folder, and the folder's state with it."""

    history: History
    folder: Path
    state: FolderState


class Keeper:
    """Keeps a scene's folder up to date: the newest history, as soon as there is a pause, in a thread of its own.

    A folder that another program changed stays as that program left it. An edit that was taken before this was noticed
    goes to a folder beside it, as all after it do, and `say` is told its name.
    """

    def __init__(
        self,
        folder: Path,
        as_loaded: FolderState,
        say: Callable[[str], None],
        on_kept: Callable[[Kept], None] = lambda kept: None,
    ) -> None:
        """as_loaded: the folder's state from before the scene was read from it. say: prints a line for people.

        on_kept: called, from the writing thread, after a history was written.
        """
        self.folder = folder
        self._state, self._say, self._on_kept = as_loaded, say, on_kept
        self._changed = threading.Condition()
        self._wanted: History | None = None
        self._failed: History | None = None
        self._problem: RelensError | None = None
        self._is_closing = False
        # Steps as their files have them, so that each is encoded once.
        self._encoded: dict[int, tuple[Step, Step]] = {}
        self._thread = threading.Thread(target=self._keep_all, name="relens-keeper")
        self._thread.start()

    @property
    def works(self) -> bool:
        """Whether the folder takes what it is given: False from a failure to write until a success."""
        return self._problem is None

    def is_as_left(self) -> bool:
        """Whether the folder is as this program left it. Raises FileError where it cannot be looked at."""
        with self._changed:
            # While it is being written nobody can tell; the writer looks for itself.
            return self._wanted is not None or folder_state(self.folder) == self._state

    def keep(self, history: History) -> None:
        """Write this history soon; returns at once."""
        with self._changed:
            self._wanted = history
            self._changed.notify_all()

    def close(self) -> None:
        """Wait until all is written; what failed before is tried once more. Raises RelensError where it fails again."""
        with self._changed:
            self._is_closing = True
            self._wanted = self._wanted or self._failed
            self._changed.notify_all()
        self._thread.join()
        if self._problem is not None:
            raise RelensError(f"the last edits are not saved: {self._problem}") from self._problem

    def _keep_all(self) -> None:
        while (history := self._next()) is not None:
            try:
                self._keep(history)
                self._problem = self._failed = None
            except Exception as error:  # Whatever it is: the thread has to go on, and the user to know.
                self._problem = error if isinstance(error, RelensError) else RelensError(f"{self.folder}: {error!r}")
                self._failed = history
                self._say(f"not saved: {self._problem}")
            with self._changed:
                if self._wanted is history:
                    self._wanted = None
            if self._problem is None:
                self._on_kept(Kept(history, self.folder, self._state))

    def _next(self) -> History | None:
        """The history to write, once there is one and a pause; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._wanted is not None or self._is_closing)
            latest_s = time.monotonic() + _LONGEST_S
            while not self._is_closing and (left_s := latest_s - time.monotonic()) > 0:
                if not self._changed.wait(min(_PAUSE_S, left_s)):
                    break
            return self._wanted

    def _keep(self, history: History) -> None:
        if folder_state(self.folder) != self._state:
            taken, self.folder = self.folder, _free_beside(self.folder)
            self._say(f"another program changed {taken}; the edits made here are in {self.folder}")
        save_history(self._with_files(history), self.folder)
        with self._changed:
            self._state = folder_state(self.folder)

    def _with_files(self, history: History) -> History:
        """The history with its steps encoded; a step that crossed to its other side is a new one."""
        known, self._encoded = self._encoded, {}

        def encoded(step: Step) -> Step:
            if isinstance(step.other_side, bytes):
                return step
            made = known.get(id(step)) or (step, replace(step, other_side=encode_patches(step.other_side)))
            self._encoded[id(step)] = made
            return made[1]

        return replace(history, done=tuple(map(encoded, history.done)), undone=tuple(map(encoded, history.undone)))


def _free_beside(folder: Path) -> Path:
    """A name beside a folder that nothing has: me-2.relens for me.relens."""
    number = 2
    while (free := folder.with_name(f"{folder.stem}-{number}{folder.suffix}")).exists():
        number += 1
    return free
