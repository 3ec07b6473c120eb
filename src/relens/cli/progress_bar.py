"""A progress bar on the terminal, for work that takes more than a moment."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from relens.progress import Progress, silent

if TYPE_CHECKING:
    from tqdm import tqdm

_FORMAT = "{desc:<14} {percentage:3.0f}% |{bar:32}| {elapsed}{postfix}"
_FORMAT_OF_STEPS = "{desc:<14} {percentage:3.0f}% |{bar:32}| {elapsed}, {remaining} left{postfix}"


@contextmanager
def progress_bar(quiet: bool = False, steps: int = 0, step_name: str = "") -> Iterator[Progress]:
    """A listener that draws one bar a stage on stderr and clears it; a silent one without a terminal or when quiet.

    Work of many steps also shows the time that is left, and the steps: "12 of 240 frames". What follows a comma in a
    stage's name is its news: "surface, 24.31 dB".
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield silent
        return
    bar = _Bar(steps, step_name)
    try:
        yield bar
    finally:
        bar.close()


class _Bar:
    """One bar at a time: a new stage takes the place of the last."""

    def __init__(self, steps: int = 0, step_name: str = "") -> None:
        self._steps, self._step_name = steps, step_name
        self._stage = ""
        self._bar: tqdm | None = None

    def __call__(self, stage: str, fraction: float) -> None:
        from tqdm import tqdm

        # "surface, 24.31 dB" is the stage surface, and what there is to say of it by now.
        stage, _, news = stage.partition(", ")
        if self._bar is None or stage != self._stage:
            self.close()
            self._stage = stage
            shown = _FORMAT_OF_STEPS if self._steps else _FORMAT
            self._bar = tqdm(desc=stage, total=1.0, leave=False, bar_format=shown, file=sys.stderr)
        if self._steps:
            done = int(min(fraction, 1.0) * self._steps + 1e-6)
            self._bar.set_postfix_str(f"{done} of {self._steps} {self._step_name}", refresh=False)
        elif news:
            self._bar.set_postfix_str(news, refresh=False)
        self._bar.update(min(fraction, 1.0) - self._bar.n)

    def close(self) -> None:
        """Clear the bar from the terminal."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
