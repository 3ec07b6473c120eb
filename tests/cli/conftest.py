from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hub_server import hub, hub_home  # noqa: F401, fixtures
from PIL import Image

from relens.cli.main import main

WIDTH_PX, HEIGHT_PX, NEAR_M, FAR_M = 48, 36, 0.4, 2.0


@dataclass(frozen=True)
class Outcome:
    """What one command left behind: its exit status and what it printed."""

    status: int
    out: str
    err: str

    def assert_refused(self, *words: str) -> None:
        """Exit status 2, and one line on stderr that says these words."""
        assert self.status == 2, self
        assert self.err.startswith("relens: error: ")
        assert self.err.count("\n") == 1 and self.err.endswith("\n")
        assert not self.out
        for word in words:
            assert word in self.err


@pytest.fixture
def relens(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command in this process."""

    def run(*words: object) -> Outcome:
        try:
            status = main([str(word) for word in words])
        except SystemExit as leave:
            status = leave.code if isinstance(leave.code, int) else 1
        printed = capsys.readouterr()
        return Outcome(status, printed.out, printed.err)

    return run


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A disc before a wall, the only file in its folder."""
    pixels = np.where(_disc()[..., None], [190, 140, 120], [90, 110, 100])
    pixels = pixels + (7 * np.arange(WIDTH_PX) % 23)[:, None]
    path = tmp_path / "in" / "photo.png"
    path.parent.mkdir()
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return path


@pytest.fixture
def depth(photo: Path) -> Path:
    """The disc at 0.4 m, the wall at 2 m; beside the photo."""
    path = photo.with_name("depth.npz")
    np.savez(path, depth=np.where(_disc(), NEAR_M, FAR_M).astype(np.float32))
    return path


@pytest.fixture
def scene(photo: Path, depth: Path) -> Path:
    """The photo lifted; beside it."""
    path = photo.with_name("scene.relens")
    assert main(["lift", str(photo), "-o", str(path), "--depth", str(depth), "--quiet"]) == 0
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder for what comes out."""
    path = tmp_path / "out"
    path.mkdir()
    return path


def _disc() -> np.ndarray:
    row, column = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    return np.hypot(column - 24, row - 18) < 9
