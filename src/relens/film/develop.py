"""Develop: frames are rendered, kept, and made a film of, all at the same time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np

from relens.film.frame_store import FrameStore
from relens.film.reel import Reel
from relens.progress import Progress
from relens.render.threads import thread_count

# How often an encoder that has fallen behind is asked how far it is.
_LOOK_S = 0.1


def develop(
    store: FrameStore,
    keys: Sequence[str],
    rendered: Iterator[tuple[str, bytes | np.ndarray]],
    write: Callable[[Reel], None],
    progress: Progress,
) -> None:
    """Put what is rendered into the store, as it comes, while `write` makes something of all frames in their order.

    Rendering has this thread; packing and encoding run beside it, and rendering waits where they cannot keep up. When
    anything fails, or the user stops it, all of it stops; frames that are in the store stay there.
    keys: of all frames, in order. rendered: those that are not in the store, by their keys.
    """
    reel = Reel(store, keys)
    beside = ThreadPoolExecutor(thread_count() + 1, "relens-film")
    encoding = beside.submit(write, reel)
    packing: set[Future] = set()
    try:
        for key, frame in rendered:
            pixels = frame if isinstance(frame, bytes) else store.form.pixels(frame)
            packing.add(beside.submit(_keep, store, reel, key, pixels))
            packing = _settled(packing, thread_count())
            if encoding.done():
                encoding.result()
        _settled(packing, 0)
        while not encoding.done():
            progress("encode", reel.taken / max(1, len(reel)))
            wait([encoding], _LOOK_S)
        encoding.result()
    finally:
        # Where something failed, whoever waits for a frame waits in vain.
        reel.stop()
        beside.shutdown(wait=True, cancel_futures=True)


def _keep(store: FrameStore, reel: Reel, key: str, frame: bytes | np.ndarray) -> None:
    content = frame if isinstance(frame, bytes) else store.form.packed(frame)
    store.put(key, content)
    reel.land(key, None if isinstance(frame, bytes) else frame)


def _settled(packing: set[Future], most: int) -> set[Future]:
    """Raise what packing raised; wait until at most so many frames are being packed."""
    done = {future for future in packing if future.done()}
    while len(packing - done) > most:
        done |= wait(packing - done, return_when=FIRST_COMPLETED).done
    for future in done:
        future.result()
    return packing - done
