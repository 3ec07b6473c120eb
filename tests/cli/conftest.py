"""The command line in-process: a small portrait with depth, a small scene, and a way to run commands."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from layer_scenes import BLUE, RED, grid, plane, scene_of
from PIL import Image

from relens.cli.main import main
from relens.scene_folder import save_scene

HEIGHT_PX, WIDTH_PX = 80, 60


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def relens(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `relens` with words of any kind; SystemExit of the parser counts as its status."""

    def run(*words: object) -> Outcome:
        try:
            status = main([str(word) for word in words])
        except SystemExit as error:
            status = int(error.code or 0)
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return run


@pytest.fixture
def portrait(tmp_path: Path) -> tuple[Path, Path]:
    """A disc 0.4 m away before a wall at 2 m: the photo, and its depth file."""
    row, column = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    person = (np.hypot(column - 30, row - 36) < 18) | (row > 66)
    pixels = np.where(person[..., None], [190, 140, 120], [90, 110, 100]) + (7 * (row + column) % 23)[..., None]
    photo, depth = tmp_path / "portrait.png", tmp_path / "portrait.npz"
    Image.fromarray(pixels.astype(np.uint8)).save(photo)
    np.savez(depth, depth=np.where(person, 0.4, 2.0).astype(np.float32))
    return photo, depth


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A scene folder: a red square 0.5 m away before a blue wall at 4 m, 64 x 48 pixels."""
    row, column = grid()
    square = (abs(column - 32) < 8) & (abs(row - 24) < 8)
    path = tmp_path / "scene.relens"
    save_scene(scene_of(plane("near", RED, 2.0, square), plane("wall", BLUE, 0.25)), path)
    return path
