"""Every frame reaches the film once and in order, whatever the order they come in; and whatever fails stops it all."""

import threading
import time

import numpy as np
import pytest

from relens.errors import FileError
from relens.film.develop import develop
from relens.film.frame_form import FrameForm, encoded_frame
from relens.film.frame_store import FrameStore
from relens.film.reel import Reel, ReelStopped
from relens.progress import silent

FORM = FrameForm()
FRAMES = [np.full((6, 8, 3), number / 40, np.float32) for number in range(20)]
KEYS = [f"shot{number}-scene" for number in range(20)]


class _Seen:
    """A writer that only looks."""

    def __init__(self, wait_s: float = 0.0) -> None:
        self.codes: list[int] = []
        self.wait_s = wait_s

    def __call__(self, reel: Reel) -> None:
        for pixels in reel.pixels():
            time.sleep(self.wait_s)
            self.codes.append(int(pixels[0, 0, 0]))


def _expected(order=range(20)) -> list[int]:
    return [int(FORM.pixels(FRAMES[number])[0, 0, 0]) for number in order]


@pytest.mark.parametrize("as_bytes", [True, False])
@pytest.mark.parametrize("wait_s", [0.0, 0.01])
def test_in_their_order_whatever_order_they_come_in(tmp_path, as_bytes: bool, wait_s: float) -> None:
    store = FrameStore(tmp_path / "f", FORM)
    order = np.random.default_rng(7).permutation(20)
    rendered = ((KEYS[n], encoded_frame(FRAMES[n], FORM) if as_bytes else FRAMES[n]) for n in order)
    seen = _Seen(wait_s)
    develop(store, KEYS, rendered, seen, silent)
    assert seen.codes == _expected()
    assert all(key in FrameStore(store.folder, FORM) for key in KEYS)


def test_frames_that_are_held_and_that_were_there(tmp_path) -> None:
    store = FrameStore(tmp_path / "f", FORM)
    store.put(KEYS[5], encoded_frame(FRAMES[5], FORM))
    order = [3, 3, 3, 5, 5, 0, 3]
    seen = _Seen()
    develop(store, [KEYS[n] for n in order], iter([(KEYS[3], FRAMES[3]), (KEYS[0], FRAMES[0])]), seen, silent)
    assert seen.codes == _expected(order)


def test_a_reel_runs_as_often_as_it_is_asked(tmp_path) -> None:
    store = FrameStore(tmp_path / "f", FORM)
    twice: list[int] = []

    def write(reel: Reel) -> None:
        for _ in range(2):
            twice.extend(int(pixels[0, 0, 0]) for pixels in reel.pixels())

    develop(store, KEYS, iter(zip(KEYS, FRAMES, strict=True)), write, silent)
    assert twice == 2 * _expected()


@pytest.mark.parametrize("error", [KeyboardInterrupt, FileError("a", "b"), ZeroDivisionError])
def test_when_rendering_stops_the_encoder_does_and_frames_stay(tmp_path, error) -> None:
    def rendered():
        yield from zip(KEYS[:4], FRAMES[:4], strict=True)
        raise error

    stopped = threading.Event()

    def write(reel: Reel) -> None:
        try:
            list(reel.pixels())
        except ReelStopped:
            stopped.set()
            raise

    store = FrameStore(tmp_path / "f", FORM)
    with pytest.raises(error if isinstance(error, type) else type(error)):
        develop(store, KEYS, rendered(), write, silent)
    assert stopped.is_set()
    there = FrameStore(store.folder, FORM)
    assert sum(key in there for key in KEYS) >= 3


def test_when_the_encoder_fails_rendering_stops(tmp_path) -> None:
    taken = []

    def rendered():
        for key, frame in zip(KEYS, FRAMES, strict=True):
            taken.append(key)
            time.sleep(0.02)
            yield key, frame

    def write(reel: Reel) -> None:
        next(reel.pixels())
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        develop(FrameStore(tmp_path / "f", FORM), KEYS, rendered(), write, silent)
    assert len(taken) < 20


def test_a_frame_that_cannot_be_kept_stops_it(tmp_path, monkeypatch) -> None:
    store = FrameStore(tmp_path / "f", FORM)
    monkeypatch.setattr(store, "put", lambda key, content: (_ for _ in ()).throw(FileError("f", "full")))
    with pytest.raises(FileError, match="full"):
        develop(store, KEYS, iter(zip(KEYS, FRAMES, strict=True)), _Seen(), silent)


def test_few_frames_wait_in_memory(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("RELENS_THREADS", "2")
    store = FrameStore(tmp_path / "f", FORM)
    kept, ahead = [], []
    put = store.put

    def slowly(key: str, content: bytes) -> None:
        time.sleep(0.01)
        put(key, content)
        kept.append(key)

    monkeypatch.setattr(store, "put", slowly)

    def rendered():
        for number, (key, frame) in enumerate(zip(KEYS, FRAMES, strict=True)):
            ahead.append(number - len(kept))
            yield key, frame

    develop(store, KEYS, rendered(), _Seen(), silent)
    assert max(ahead) <= 4
