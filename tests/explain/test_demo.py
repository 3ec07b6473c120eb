from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from relens.errors import FileError, ValueRangeError
from relens.explain.demo import run_demo
from relens.scene_folder import load_scene

_PICTURES = (
    "photo",
    "face-85mm-f1.4",
    "wall-85mm-f1.4",
    "face-85mm-f8",
    "disc-aperture",
    "seven-blades",
    "moved-4cm-right",
    "depth",
    "contact-sheet",
)
_HEIGHT, _WIDTH = 80, 60


@pytest.fixture
def portrait(tmp_path: Path) -> tuple[Path, np.ndarray]:
    """A round head 0.4 m away before a wall at 2 m, as a PNG that knows a place, and its depth."""
    row, column = np.mgrid[0:_HEIGHT, 0:_WIDTH]
    person = (np.hypot(column - 30, row - 36) < 18) | (row > 66)
    pixels = np.where(person[..., None], [190, 140, 120], [90, 110, 100]) + (7 * (row + column) % 23)[..., None]
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (1.0, 2.0, 3.0)})
    path = tmp_path / "portrait.png"
    Image.fromarray(pixels.astype(np.uint8)).save(path, exif=exif)
    roundness_m = 1e-3 * np.hypot(column - 30, row - 36)
    return path, np.where(person, 0.4 + roundness_m, 2.0).astype(np.float32)


def test_makes_every_file_and_tells_what_it_took(portrait: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    photo, depth_m = portrait
    heard: list[tuple[str, float]] = []
    out = tmp_path / "out" / "demo"
    report = run_demo(photo, out, 8, lambda stage, fraction: heard.append((stage, fraction)), depth=depth_m)

    assert {path.name for path in out.iterdir()} == {f"{name}.png" for name in _PICTURES} | {"portrait.relens"}
    assert {file.path for file in report.files} == set(out.iterdir())
    for name in _PICTURES:
        picture = cv2.imread(str(out / f"{name}.png"), cv2.IMREAD_UNCHANGED)
        assert picture.dtype == np.uint8
        if name not in ("disc-aperture", "seven-blades", "contact-sheet"):
            assert picture.shape[:2] == (_HEIGHT, _WIDTH)
    assert load_scene(out / "portrait.relens").camera.intrinsics.width_px == _WIDTH
    assert (out / "photo.png").read_bytes() != photo.read_bytes()
    assert not Image.open(out / "photo.png").getexif().get_ifd(0x8825)
    np.testing.assert_array_equal(Image.open(out / "photo.png"), Image.open(photo))

    assert report.seconds > 0
    assert len(report.lines()) == len(report.files) + 1
    assert "pupil 60.7 mm" in report.text()
    assert {"read photo", "lift", "face-85mm-f1.4", "contact sheet"} <= {stage for stage, _ in heard}
    assert all(0 <= fraction <= 1 for _, fraction in heard)

    sharp, blurred = (cv2.imread(str(out / f"{name}.png")).astype(float) for name in ("face-85mm-f8", "wall-85mm-f1.4"))
    face = (slice(26, 46), slice(20, 40), 0)
    assert sharp[face].std() > 3
    assert blurred[face].std() < 0.5 * sharp[face].std()


def test_a_missing_folder_higher_up_is_one_clear_line(portrait: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        run_demo(portrait[0], tmp_path / "no" / "such" / "folder", depth=portrait[1])
    assert not (tmp_path / "no").exists()


def test_a_file_in_the_way_is_one_clear_line(portrait: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    for out in (portrait[0], portrait[0] / "demo"):
        with pytest.raises(FileError):
            run_demo(portrait[0], out, depth=portrait[1])


def test_samples_out_of_range_are_refused_before_any_work(portrait: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    with pytest.raises(ValueRangeError, match="samples=0"):
        run_demo(portrait[0], tmp_path / "out", 0, depth=portrait[1])
    assert not (tmp_path / "out").exists()


def test_a_failing_write_surfaces(portrait: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    (tmp_path / "out" / "photo.png").mkdir(parents=True)
    with pytest.raises(FileError, match=r"photo\.png"):
        run_demo(portrait[0], tmp_path / "out", 4, depth=portrait[1])
