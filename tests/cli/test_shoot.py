import errno
import os
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import relens as package
from relens.lens import Lens, sharp_limit_px

_QUICK = ("--samples", 4, "--engine", "reference")


def _pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path), np.float64)


def test_a_photo_becomes_a_picture_with_its_read_outs(relens, photo: Path, depth: Path, out: Path) -> None:
    outcome = relens("shoot", photo, "-o", out / "face.png", "--depth", depth, "--fx-px", 60, *_QUICK)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.count("\n") == 1
    lens = Lens(85, 1.4, 0.4)
    near_m, far_m = lens.depth_of_field_m(60, sharp_limit_px(60))
    assert f"{out / 'face.png'}: 85 mm f/1.4, pupil 60.7 mm, focus 0.400 m" in outcome.out
    assert f"sharp {near_m:.3f} m to {far_m:.3f} m" in outcome.out
    assert "blur 0.0 px (0.00% of the width) at 0.400 m" in outcome.out
    assert f"to {lens.coc_px(1 / 2.0, 60):.1f} px" in outcome.out
    assert re.search(r", 4 samples, \d+\.\d s\n$", outcome.out)
    assert list(out.iterdir()) == [out / "face.png"]
    taken, given = _pixels(out / "face.png"), _pixels(photo)
    assert taken.shape == given.shape
    disc = (slice(14, 22), slice(20, 28))
    np.testing.assert_allclose(taken[disc], given[disc], atol=2)
    assert np.abs(taken[:6] - given[:6]).max() > 3


def test_a_scene_gives_the_picture_of_its_photo(relens, photo: Path, depth: Path, scene: Path, out: Path) -> None:
    words = ("--quiet", *_QUICK)
    assert relens("shoot", photo, "-o", out / "a.png", "--depth", depth, *words).out == ""
    assert relens("shoot", scene, "-o", out / "b.png", *words).status == 0
    np.testing.assert_allclose(_pixels(out / "a.png")[4:-4, 4:-4], _pixels(out / "b.png")[4:-4, 4:-4], atol=2)


def test_the_default_engine_takes_the_picture_of_the_reference(relens, scene: Path, out: Path) -> None:
    words = ("--samples", 64, "--quiet")
    assert relens("shoot", scene, "-o", out / "a.png", *words).status == 0
    assert relens("shoot", scene, "-o", out / "b.png", "--engine", "reference", *words).status == 0
    fast, slow = _pixels(out / "a.png"), _pixels(out / "b.png")
    assert fast.shape == slow.shape
    assert np.abs(fast - slow).mean() < 2


@pytest.mark.parametrize(
    ("words", "focus"),
    [
        (("--focus", "1.2m"), "1.20 m"),
        (("--focus", "850mm"), "0.850 m"),
        (("--focus", "inf"), "inf"),
        (("--focus", "3,3"), "2.00 m"),
        (("--focus", "3,3", "--eye", 0, 0, 0.5), "1.50 m"),
        (("--focus", "subject", "--eye", 0, 0, -0.1), "0.500 m"),
        (("--focus", "1.2m", "--eye", 0, 0, -0.1), "1.20 m"),
    ],
)
def test_focus_is_what_was_asked_for(relens, scene: Path, out: Path, words: tuple[object, ...], focus: str) -> None:
    outcome = relens("shoot", scene, "-o", out / "a.png", *words, *_QUICK)
    assert outcome.status == 0, outcome
    assert f", focus {focus}, " in outcome.out


def test_every_flag_reaches_the_library(relens, monkeypatch, scene: Path, out: Path) -> None:
    asked = {}

    def spy(scene, lens, **options):
        asked.update(options, lens=lens)
        return package.shoot(scene, lens, camera=options["camera"], samples=1, engine="reference")

    monkeypatch.setattr("relens.cli.shot.shoot", spy)
    words = "--lens 135mm-f2-disc --f-number 4 --blades 7 --blade-rotation-deg 90 --blade-curvature 0.5 --squeeze 1.5"
    more = "--eye 0.01 0.02 0.03 --samples 9 --seed 3 --size 24 --engine cpu --bit-depth 16 --focus 1m"
    outcome = relens("shoot", scene, "-o", out / "a.png", *words.split(), *more.split())
    assert outcome.status == 0, outcome
    lens = asked["lens"]
    assert (lens.focal_length_mm, lens.f_number, lens.focus_distance_m) == (135, 4, 1)
    assert lens.aperture == package.Aperture(7, np.pi / 2, 0.5, 1.5)
    assert (asked["samples"], asked["seed"], asked["engine"]) == (9, 3, "cpu")
    np.testing.assert_allclose(asked["camera"].eye_m, [0.01, 0.02, 0.03])
    picture = cv2.imread(str(out / "a.png"), cv2.IMREAD_UNCHANGED)
    assert picture.dtype == np.uint16 and picture.shape[:2] == (18, 24)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("--focus 0.05m", "--focus 0.05: expected a distance beyond the focal length (0.085 m), or inf"),
        ("--focus 85mm", "beyond the focal length"),
        ("--focus nowhere", "--focus 'nowhere': expected a distance (1.2m"),
        ("--focus 0", "--focus '0'"),
        ("--focus nan", "--focus 'nan'"),
        ("--focus 48,3", "--focus 48,3: expected a pixel inside the 48x36 photo"),
        ("--eye 0 0 0.5", "ahead of the new camera"),
        ("--eye nan 0 0", "--eye nan: expected three finite distances"),
        ("--f-number 0.4", "--f-number 0.4: expected 0.5 to 128"),
        ("--f-number nan", "--f-number nan"),
        ("--f-number -2", "--f-number -2"),
        ("--f-number 129", "--f-number 129"),
        ("--focal-length 0", "--focal-length 0.0: expected 1 to 2000 mm"),
        ("--focal-length 2001", "--focal-length 2001"),
        ("--focal-length 500", "beyond the focal length (0.5 m)"),
        ("--samples 0", "--samples 0: expected 1 to 65536"),
        ("--samples -3", "--samples -3"),
        ("--samples 65537", "--samples 65537"),
        ("--seed -1", "--seed -1"),
        ("--blades 2", "--blades 2: expected 0 for a disc, or 3 to 16"),
        ("--blade-curvature 2", "--blade-curvature 2"),
        ("--blade-rotation-deg inf", "--blade-rotation-deg inf"),
        ("--squeeze 0", "--squeeze 0"),
        ("--size 0", "--size 0"),
        ("--size 49", "--size 49: expected a width of 1 to 48 pixels"),
        ("--fx-px 0", "--fx-px 0.0: expected a positive finite focal length"),
        ("--fx-px nan", "--fx-px nan"),
        ("--lens no-such-lens", "85mm-f1.4-9blade"),
        ("--bit-depth 32", "--bit-depth 32: expected 8 or 16 for .png"),
    ],
)
def test_a_value_out_of_range(relens, photo: Path, depth: Path, out: Path, words: str, problem: str) -> None:
    relens("shoot", photo, "-o", out / "a.png", "--depth", depth, *words.split()).assert_refused(problem)
    assert not list(out.iterdir())


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"just words, no picture", "photo.png"),
        (b"\x89PNG\r\n\x1a\n", "photo.png"),
        (None, "does not exist"),
        ("half", "photo.png"),
    ],
)
def test_a_photo_that_is_none(relens, photo: Path, depth: Path, out: Path, content: object, problem: str) -> None:
    if content is None:
        photo.unlink()
    else:
        data = photo.read_bytes()
        photo.write_bytes(content if isinstance(content, bytes) else data[: len(data) // 2])
    relens("shoot", photo, "-o", out / "a.png", "--depth", depth).assert_refused("photo.png", problem)
    assert not list(out.iterdir())


def test_a_folder_that_is_no_scene(relens, photo: Path, out: Path) -> None:
    relens("shoot", photo.parent, "-o", out / "a.png").assert_refused("scene.json")
    assert not list(out.iterdir())


@pytest.mark.parametrize(
    ("metres", "problem"),
    [
        (np.full((36, 48), np.nan), "at least one known value"),
        (np.zeros((36, 48)), "at least one known value"),
        (np.full((36, 48), -1.0), "at least one known value"),
        (np.full((36, 48), 2.0), "some relief"),
        (np.linspace(1, 2, 36 * 80).reshape(36, 80), "the aspect of the photo (48x36)"),
        (np.zeros((0, 4)), "depth.npz"),
        (np.ones(7), "depth.npz"),
    ],
)
def test_a_depth_that_does_not_fit(relens, photo: Path, depth: Path, out: Path, metres, problem: str) -> None:
    np.savez(depth, depth=metres.astype(np.float32))
    relens("shoot", photo, "-o", out / "a.png", "--depth", depth).assert_refused("depth.npz", problem)
    assert not list(out.iterdir())


def test_a_photo_without_depth_and_a_depth_file_that_is_missing(relens, photo: Path, out: Path) -> None:
    relens("shoot", photo, "-o", out / "a.png").assert_refused("photo.png", "no face found", "holds no depth")
    relens("shoot", photo, "-o", out / "a.png", "--depth", "none.npz").assert_refused("none.npz")
    assert not list(out.iterdir())


@pytest.mark.parametrize(("flag", "value"), [("--depth", "room.npz"), ("--fx-px", 60)])
def test_a_scene_keeps_its_own_depth_and_camera(relens, scene: Path, out: Path, flag: str, value: object) -> None:
    relens("shoot", scene, "-o", out / "a.png", flag, value).assert_refused(flag, "has its own")


@pytest.mark.parametrize("name", ["no/a.png", "a.gif", "a", "folder.png"])
def test_a_bad_picture_name_stops_before_the_photo_is_read(relens, out: Path, name: str) -> None:
    (out / "folder.png").mkdir()
    relens("shoot", "no-such-photo.png", "-o", out / name).assert_refused(name)
    assert list(out.iterdir()) == [out / "folder.png"]


def test_a_read_only_folder_stops_before_the_photo_is_read(relens, monkeypatch, out: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("relens.cli.output.write_image", refuse)
    relens("shoot", "no-such-photo.png", "-o", out / "a.png").assert_refused("a.png", "Read-only file system")
    assert not list(out.iterdir())


def test_a_full_disk_leaves_the_old_picture(relens, monkeypatch, scene: Path, out: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (out / "a.png").write_bytes(b"old")
    monkeypatch.setattr("relens.atomic.os.replace", full)
    outcome = relens("shoot", scene, "-o", out / "a.png", *_QUICK)
    outcome.assert_refused("a.png", "No space left on device")
    assert [path.name for path in out.iterdir()] == ["a.png"]
    assert (out / "a.png").read_bytes() == b"old"


def test_the_photo_is_never_overwritten(relens, photo: Path, depth: Path) -> None:
    data = photo.read_bytes()
    relens("shoot", photo, "-o", photo, "--depth", depth).assert_refused("is the photo itself")
    assert photo.read_bytes() == data
