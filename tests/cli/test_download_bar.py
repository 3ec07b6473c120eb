import io
import sys
from pathlib import Path

import pytest

from relens.cli.download_bar import download_bar
from relens.progress import Progress
from relens.weights import Announcement, card

_ANNOUNCEMENT = Announcement(card("depth-pro"), "hub/repo", Path("cache"), 2_000_000_000, 0)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_reads_the_announcement_sees_bytes_and_is_left_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with download_bar() as bar:
        assert isinstance(bar, Progress)
        bar.announce(_ANNOUNCEMENT)
        for stage in ("fetch weights", "verify weights"):
            bar(stage, 0.25)
            bar(stage, 1.0)
    printed = terminal.getvalue()
    assert printed.startswith(_ANNOUNCEMENT.text + "\n")
    assert "fetch weights  25%" in printed and "500M of 2.00G" in printed
    assert "verify weights  25%" in printed
    assert not printed.rsplit("\r", 2)[-1].strip() and printed.endswith("\r")


def test_without_a_terminal_only_the_announcement_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with download_bar() as bar:
        bar.announce(_ANNOUNCEMENT)
        bar("fetch weights", 0.5)
    assert stream.getvalue() == _ANNOUNCEMENT.text + "\n"


def test_an_interrupt_clears_the_bar_too(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(KeyboardInterrupt), download_bar() as bar:
        bar.announce(_ANNOUNCEMENT)
        bar("fetch weights", 0.5)
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith("\r")
