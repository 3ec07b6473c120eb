"""Stereo pairs from the command line."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

_QUICK = ("--samples", 4, "--engine", "reference")
_SIZE = 48, 36  # of the photo; its disc stands at 0.4 m, its wall at 2 m
_LENS = ("--f-number", 16)


def _pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path), np.float64)


def test_a_pair_side_by_side_converges_on_the_focus(relens, photo: Path, depth: Path, out: Path) -> None:
    """Each eye's picture is a shot from half the baseline aside, moved by fx b / 2 F = 3 px: 60 px, 40 mm, 0.4 m."""
    words = ("--depth", depth, "--fx-px", 60, *_LENS, *_QUICK)
    outcome = relens("stereo", photo, "-o", out / "pair.png", "--baseline", 0.04, *words)
    assert outcome.status == 0
    assert f"{out / 'pair.png'}: side-by-side, eyes 40 mm apart, converging at 0.400 m, 85 mm f/16" in outcome.out
    assert list(out.iterdir()) == [out / "pair.png"]
    pair = _pixels(out / "pair.png")
    assert pair.shape == (_SIZE[1], 2 * _SIZE[0], 3)
    for x_m, name in ((-0.02, "left"), (0.02, "right")):
        assert relens("shoot", photo, "-o", out / f"{name}.png", "--eye", x_m, 0, 0, *words).status == 0
    np.testing.assert_allclose(pair[:, :45], _pixels(out / "left.png")[:, 3:], atol=2)
    np.testing.assert_allclose(pair[:, 51:], _pixels(out / "right.png")[:, :-3], atol=2)


def test_the_photos_place_is_between_the_eyes(relens, scene: Path, out: Path) -> None:
    """Moved by half the baseline, a shot from the side is an eye's, bit by bit."""
    assert (
        relens("stereo", scene, "-o", out / "pair.png", "--baseline", 0.02, "--convergence", "inf", *_QUICK).status == 0
    )
    assert relens("shoot", scene, "-o", out / "left.png", "--eye", -0.01, 0, 0, *_QUICK).status == 0
    np.testing.assert_array_equal(_pixels(out / "pair.png")[:, :48], _pixels(out / "left.png")[..., :3])


def test_an_anaglyph_is_one_picture_in_red_and_cyan(relens, scene: Path, out: Path) -> None:
    words = ("--kind", "anaglyph", "--baseline", 0.05, *_LENS, *_QUICK)
    assert relens("stereo", scene, "-o", out / "glasses.png", *words).status == 0
    pixels = _pixels(out / "glasses.png")
    assert pixels.shape == (*_SIZE[::-1], 3)
    # At the disc's silhouettes each eye sees something else.
    difference = pixels[18, :, 0] - pixels[18, :, 2]
    assert np.ptp(difference) > 20


def test_heic_is_a_spatial_photo(relens, scene: Path, out: Path) -> None:
    pi_heif = pytest.importorskip("pi_heif")
    pytest.importorskip("av", reason="spatial photos need relens[video]")
    outcome = relens("stereo", scene, "-o", out / "me.heic", "--baseline", 0.02, *_LENS, *_QUICK)
    assert outcome.status == 0 and "spatial, eyes 20 mm apart" in outcome.out
    left, right = (np.asarray(image, np.float64) for image in pi_heif.open_heif(out / "me.heic"))
    assert left.shape == right.shape == (36, 48, 3)
    # The cameras are parallel, and the headset converges: what is near stands further right for the left eye.
    columns = [np.flatnonzero(eye[18, :, 0] > eye[18, :, 1] + 20).mean() for eye in (left, right)]
    assert columns[0] > columns[1] + 1


def test_a_model_has_two_eyes_too(relens, tmp_path: Path, out: Path) -> None:
    pytest.importorskip("open3d", reason="models need relens[mesh]")
    model = tmp_path / "square.obj"
    model.write_text("v -1 -1 0\nv 1 -1 0\nv 1 1 0\nv -1 1 0\nf 1 2 3 4\n")
    outcome = relens("stereo", model, "-o", out / "pair.png", "--size", 32, "--samples", 4)
    assert outcome.status == 0, outcome.err
    assert _pixels(out / "pair.png").shape[1] == 64


def test_what_the_eyes_should_know_is_said(relens, scene: Path, out: Path) -> None:
    """How far apart near and far are, what baseline would do, and what lies beyond the scene."""
    outcome = relens("stereo", scene, "-o", out / "pair.png", "--baseline", 0.6, *_QUICK)
    assert outcome.status == 0
    assert "is hard on the eyes; --baseline 0.0" in outcome.err
    assert "of an eye's picture lies beyond the scene" in outcome.err
    better = outcome.err.split("--baseline ")[1].split()[0]
    quiet = relens("stereo", scene, "-o", out / "pair.png", "--baseline", better, *_QUICK)
    assert (quiet.status, quiet.err) == (0, "")


def test_a_photo_is_lifted_as_far_as_the_eyes_reach(relens, photo: Path, depth: Path, out: Path) -> None:
    words = ("-o", out / "pair.png", "--baseline", 0.08, *_LENS, *_QUICK)
    outcome = relens("stereo", photo, "--depth", depth, *words)
    assert outcome.status == 0 and "beyond" not in outcome.err
    # Lifted for less, it has less.
    scene = photo.with_name("little.relens")
    assert relens("lift", photo, "-o", scene, "--depth", depth, "--reach-m", 0.004).status == 0
    assert "lift the photo again with a larger --reach-m" in relens("stereo", scene, *words).err


@pytest.mark.parametrize(
    ("name", "words", "problem"),
    [
        ("a.png", ("--baseline", 0), "--baseline 0.0"),
        ("a.png", ("--baseline", "nan"), "--baseline nan"),
        ("a.png", ("--convergence", "near"), "--convergence 'near'"),
        ("a.png", ("--focus", "-1m"), "--focus"),
        ("a.png", ("--kind", "spatial"), "expected .heic"),
        ("a.heic", ("--kind", "anaglyph"), ".heic is for --kind spatial"),
        ("a.xyz", (), "unknown suffix .xyz"),
        ("missing/a.heic", (), "create it first"),
        ("missing/a.png", (), "create it first"),
    ],
)
def test_what_makes_no_pair(relens, scene: Path, out: Path, name: str, words: tuple, problem: str) -> None:
    if name.endswith("heic"):
        pytest.importorskip("av", reason="spatial photos need relens[video]")
    relens("stereo", scene, "-o", out / name, *words).assert_refused(problem)
    assert not list(out.iterdir())


def test_the_photo_itself_is_not_written_over(relens, photo: Path) -> None:
    before = photo.read_bytes()
    relens("stereo", photo, "-o", photo).assert_refused("is the photo itself")
    assert photo.read_bytes() == before


def test_without_the_encoder_nothing_is_photographed(relens, scene: Path, out: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    relens("stereo", scene, "-o", out / "a.heic").assert_refused("pip install 'relens[video]'")
    assert not list(out.iterdir())
