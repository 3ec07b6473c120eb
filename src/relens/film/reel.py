"""Reel: the frames of a film in their order, each waited for while others are still rendered."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Condition

import numpy as np

from relens.film.frame_store import FrameStore

# Frames that are handed on without a way over the disk; the others are read back when it is their turn.
_HELD = 4


class ReelStopped(Exception):
    """There will be no more frames; ends whoever waits for one."""


class Reel:
    """Runs from the first frame to the last as often as it is asked to. Frames land in any order, on any thread."""

    def __init__(self, store: FrameStore, keys: Sequence[str]) -> None:
        self.taken = 0
        self._store, self._keys = store, keys
        self._news = Condition()
        self._held: dict[str, np.ndarray] = {}
        self._is_stopped = False

    def __len__(self) -> int:
        return len(self._keys)

    def land(self, key: str, pixels: np.ndarray | None = None) -> None:
        """A frame is in the store; its pixels, if they are at hand, save reading it back."""
        with self._news:
            if pixels is not None and len(self._held) < _HELD:
                self._held[key] = pixels
            self._news.notify_all()

    def stop(self) -> None:
        """No more frames will land."""
        with self._news:
            self._is_stopped = True
            self._news.notify_all()

    def pixels(self) -> Iterator[np.ndarray]:
        """The codes of every frame. Raises ReelStopped, and FileError for a frame that went away."""
        for index, key in enumerate(self._waited_for()):
            with self._news:
                pixels = self._held.pop(key, None)
            yield self._store.pixels(key) if pixels is None else pixels
            self.taken = index + 1

    def files(self) -> Iterator[Path]:
        """The file of every frame. Raises ReelStopped."""
        for index, key in enumerate(self._waited_for()):
            with self._news:
                self._held.pop(key, None)
            yield self._store.path(key)
            self.taken = index + 1

    def _waited_for(self) -> Iterator[str]:
        for key in self._keys:
            with self._news:
                self._news.wait_for(lambda key=key: self._is_stopped or key in self._store)
                if key not in self._store:
                    raise ReelStopped
            yield key
