"""A progress bar in bytes, for weights that are fetched."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tqdm import tqdm

    from relens.weights import Announcement

_FORMAT = "{desc} {percentage:3.0f}% |{bar:18}| {n_fmt} of {total_fmt}, {rate_fmt}, {remaining} left"


@contextmanager
def download_bar() -> Iterator["DownloadBar"]:
    """A listener that prints what will be fetched, and draws one bar a stage on stderr where that is a terminal."""
    bar = DownloadBar()
    try:
        yield bar
    finally:
        bar.close()


class DownloadBar:
    """A Progress in bytes: the announcement says how many there will be."""

    def __init__(self) -> None:
        self._total_bytes = 0
        self._stage = ""
        self._bar: tqdm | None = None

    def announce(self, announcement: "Announcement") -> None:
        """Print it on stderr, and remember the size."""
        print(announcement.text, file=sys.stderr, flush=True)
        self._total_bytes = announcement.size_bytes

    def __call__(self, stage: str, fraction: float) -> None:
        """Draw the stage at the fraction of all bytes."""
        from tqdm import tqdm

        here_bytes = round(fraction * self._total_bytes)
        if self._bar is None or stage != self._stage:
            self.close()
            self._stage = stage
            self._bar = tqdm(
                desc=stage, total=self._total_bytes, initial=here_bytes, unit="B", unit_scale=True, leave=False,
                bar_format=_FORMAT, file=sys.stderr, disable=None,
            )  # fmt: skip
        self._bar.update(here_bytes - self._bar.n)

    def close(self) -> None:
        """Clear the bar from the terminal."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
