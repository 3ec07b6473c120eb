"""Document: the opened scene. Every edit of every tab comes through here, one after the other."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from relens.edit.edit import Edit
from relens.edit.history import Change, History, Step
from relens.scene import Scene
from relens.serve.changes import Changes, Revision, changed_by
from relens.serve.folder_state import FolderState
from relens.serve.keeper import Keeper, Kept
from relens.serve.refusal import Conflict, Refusal
from relens.viewer.edit_state import EditState
from relens.viewer.first_look import first_look, keep_look
from relens.viewer.levels import Levels
from relens.viewer.pack import Changed


@dataclass(frozen=True)
class Home:
    """Where a scene's edits are kept.

    Attributes:
        folder: the scene's.
        as_loaded: its state from before the scene was read from it.
        is_new: whether the scene is not in it yet.
    """

    folder: Path
    as_loaded: FolderState
    is_new: bool = False


@dataclass(frozen=True)
class Opened:
    """The scene at one moment.

    Attributes:
        history: the scene and its edits.
        levels: the scene in the sizes that pages have.
        edits: what the page is told of the history; its revision counts up with every change, from 0.
    """

    history: History
    levels: Levels
    edits: EditState

    @property
    def scene(self) -> Scene:
        """The scene itself."""
        return self.history.scene

    @property
    def revision(self) -> int:
        """How many changes made it of the scene that was loaded."""
        return self.edits.revision


@dataclass(frozen=True)
class Edited:
    """The scene after a change, and the windows that a page has to fetch."""

    now: Opened
    changed: tuple[Changed, ...]


class Document:
    """The opened scene, its edits, and the folder that keeps them. Threads share it."""

    def __init__(self, history: History, home: Home | None, say: Callable[[str], None]) -> None:
        """home: None for a scene whose edits live as long as the server. say: prints a line for people."""
        self._changes, self._changing, self._is_closed = Changes(), threading.Lock(), False
        self._looking = threading.Lock()
        self._keeper = None if home is None else Keeper(home.folder, home.as_loaded, say, self._was_kept)
        self._opened = self._as_opened(0, history, Levels(history.scene))
        self._kept = None if home is None or home.is_new else Kept(history, home.folder, home.as_loaded)
        if self._keeper and home and home.is_new:
            self._keeper.keep(history)

    @property
    def now(self) -> Opened:
        """The scene as it is."""
        opened = self._opened
        # Whether an edit could be saved shows later than the edit.
        return self._as_opened(opened.revision, opened.history, opened.levels)

    def do(self, edit: Edit, revision: int) -> Edited:
        """Edit the scene. An edit that changes nothing makes no revision.

        revision: of the scene that the edit is meant for.
        Raises Conflict, nothing changed, where the scene has another one by now, and where another program has changed
        the scene's folder; Refusal at the end; and what the edit does.
        """
        return self._changed(revision, lambda history: history.do(edit), _last_done)

    def take(self, change: Change, name: str, revision: int) -> Edited:
        """Change the scene in a way that can be taken back, but not done again. Raises as `do`."""
        return self._changed(revision, lambda history: history.do(change, name), _last_done)

    def undo(self, revision: int) -> Edited:
        """Take the last edit back. Raises as `do`, and ValueRangeError where there is none."""
        return self._changed(revision, History.undo, _last_undone)

    def redo(self, revision: int) -> Edited:
        """Do the edit again that was undone last. Raises as `undo`."""
        return self._changed(revision, History.redo, _last_done)

    def changes(self, since: int) -> Edited:
        """All that changed since a revision."""
        with self._changing:
            return Edited(self.now, self._changes.since(since, self._opened.scene))

    def keep_look(self) -> None:
        """Keep what a page is shown first, for the next time; later, where edits are still to be saved."""
        # One after the other, so that the newest stays.
        with self._looking:
            opened, kept = self._opened, self._kept
            if kept is None or kept.history is not opened.history:
                return
            edits = replace(opened.edits, revision=0, saved=True)
            keep_look(first_look(opened.levels, kept.folder.resolve().name, edits), kept.folder, kept.state.text)

    def close(self) -> None:
        """Wait until all edits are in the scene's folder. Raises RelensError where they cannot be written."""
        with self._changing:
            self._is_closed = True
        if self._keeper:
            self._keeper.close()

    def _changed(self, revision: int, change: Callable[[History], History], made: Callable[[History], Step]) -> Edited:
        with self._changing:
            before = self._opened
            self._require_open(revision)
            history = change(before.history)
            if history is before.history:
                return Edited(self.now, ())
            overwritten = made(history).other_side
            # What has just been done is in no file yet.
            assert not isinstance(overwritten, bytes)
            changed = changed_by(overwritten, before.scene, history.scene)
            self._opened = self._as_opened(before.revision + 1, history, before.levels.edited(history.scene))
            self._changes.add(Revision(self._opened.revision, changed))
            if self._keeper:
                self._keeper.keep(history)
            return Edited(self._opened, changed)

    def _was_kept(self, kept: Kept) -> None:
        self._kept = kept
        self.keep_look()

    def _require_open(self, revision: int) -> None:
        """Raise Conflict or Refusal where the scene may not be changed."""
        if self._is_closed:
            raise Refusal(503, "relens view is ending; start it again")
        edits = self.now.edits
        if revision != edits.revision:
            raise Conflict("the scene was edited elsewhere meanwhile; look at it, and do this again", edits)
        if self._keeper and not self._keeper.is_as_left():
            problem = f"another program changed {self._keeper.folder}; start relens view again to see it"
            raise Conflict(problem, edits)

    def _as_opened(self, revision: int, history: History, levels: Levels) -> Opened:
        done, undone = (tuple(step.name for step in steps) for steps in (history.done, history.undone))
        is_saved = self._keeper is not None and self._keeper.works
        return Opened(history, levels, EditState(revision, done, undone, is_saved))


def _last_done(history: History) -> Step:
    return history.done[-1]


def _last_undone(history: History) -> Step:
    return history.undone[0]
