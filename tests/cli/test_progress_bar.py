import io
import re
import sys
import time

import pytest

from relens.cli.progress_bar import progress_bar
from relens.progress import Progress, silent


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_each_stage_and_is_left_clean(monkeypatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress_bar() as progress:
        assert isinstance(progress, Progress)
        for stage in ("lift", "shoot"):
            for step in range(5):
                progress(stage, step / 4)
    drawn = terminal.getvalue()
    assert "lift" in drawn and "shoot" in drawn
    assert not drawn.rsplit("\r", 2)[-1].strip() and drawn.endswith("\r")


def test_an_error_in_the_work_clears_the_bar_too(monkeypatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(ZeroDivisionError), progress_bar() as progress:
        progress("lift", 0.5)
        raise ZeroDivisionError
    assert terminal.getvalue().endswith("\r")


@pytest.mark.parametrize(("stream", "quiet"), [(_Terminal(), True), (io.StringIO(), False), (None, False)])
def test_nothing_is_drawn_when_quiet_or_without_a_terminal(monkeypatch, stream: object, quiet: bool) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar(quiet) as progress:
        assert progress is silent
        progress("lift", 0.5)
    assert not isinstance(stream, io.StringIO) or stream.getvalue() == ""


def test_work_of_many_steps_shows_them_and_the_time_that_is_left(monkeypatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TQDM_MININTERVAL", "0")
    with progress_bar(False, 240, "frames") as progress:
        for step in range(241):
            progress("render", step / 240)
            if step in (12, 239):
                time.sleep(0.12)
    drawn = terminal.getvalue()
    assert "12 of 240 frames" in drawn or "13 of 240 frames" in drawn
    assert re.search(r"\d\d:\d\d, \d\d:\d\d left, \d+ of 240 frames", drawn)
    assert not drawn.rsplit("\r", 2)[-1].strip()


def test_news_of_a_stage_is_shown_in_its_bar(monkeypatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TQDM_MININTERVAL", "0")
    with progress_bar() as progress:
        for step in range(41):
            progress(f"surface, {step:.2f} dB", step / 40)
            time.sleep(0.005)
    drawn = terminal.getvalue()
    assert re.search(r"surface .*\d+% .*\d\d:\d\d, \d+\.00 dB", drawn)
    # One bar, not one for each news: only it is cleared.
    assert len(re.findall(r"\r\s+\r", drawn)) <= 1
    assert not drawn.rsplit("\r", 2)[-1].strip()
