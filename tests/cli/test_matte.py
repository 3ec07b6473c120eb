from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from portraits import phone_portrait

from relens.cli.matte_options import MatteOptions
from relens.cli.photo_options import PhotoOptions
from relens.errors import RelensError
from relens.matte.mask_file import read_mask
from relens.matte.matte import Box, Click
from relens.photo import read_photo, write_image

pytest.importorskip("pymatting", reason="refinement needs pymatting")


@pytest.fixture
def disc() -> np.ndarray:
    """What the photo of conftest.py shows."""
    row, column = np.mgrid[0:36, 0:48]
    return np.hypot(column - 24, row - 18) < 9


@pytest.fixture
def mask(photo: Path, disc: np.ndarray) -> Path:
    path = photo.with_name("mask.png")
    Image.fromarray((255 * disc).astype(np.uint8)).save(path)
    return path


@pytest.mark.parametrize("words", [("--click", "24,18"), ("--box", "13,7,36,30")])
def test_a_click_or_a_box_cuts_the_disc_out(relens, photo: Path, depth: Path, out: Path, disc, words) -> None:
    outcome = relens("matte", photo, "-o", out / "m.png", "--depth", depth, *words)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{out / 'm.png'}: 48 x 36 px, subject 1")
    assert outcome.out.endswith(f", from {words[0][2:]}\n") and outcome.out.count("\n") == 1
    alpha = read_mask(out / "m.png")
    assert np.abs(alpha - disc).mean() < 0.03
    assert [path.name for path in out.iterdir()] == ["m.png"]


def test_a_mask_file_and_the_subject_s_own_colours(relens, photo: Path, mask: Path, out: Path, disc) -> None:
    words = ("--matte", mask, "--foreground", out / "f.png", "--bit-depth", 16)
    outcome = relens("matte", photo, "-o", out / "m.tif", *words)
    assert outcome.status == 0 and "from file mask.png" in outcome.out
    alpha, own = read_mask(out / "m.tif"), read_photo(out / "f.png")
    assert own.alpha is not None
    np.testing.assert_allclose(own.alpha, alpha, atol=0.003)
    inside = alpha == 1
    assert inside.any()
    np.testing.assert_allclose(own.linear[inside], read_photo(photo).linear[inside], atol=0.005)


def test_nobody_is_told_what_to_do(relens, photo: Path, out: Path) -> None:
    relens("matte", photo, "-o", out / "m.png").assert_refused("photo.png", "no matte", "--click")
    assert not list(out.iterdir())


def test_a_portrait_by_its_people(relens, tmp_path: Path, out: Path) -> None:
    pytest.importorskip("ai_edge_litert", reason="finding people needs ai-edge-litert")
    path = tmp_path / "portrait.png"
    write_image(path, phone_portrait().linear)
    outcome = relens("matte", path, "-o", out / "m.png")
    assert outcome.status == 0 and "from people" in outcome.out
    assert "note: matte from people: the photo holds none" in outcome.err
    assert 0.4 < read_mask(out / "m.png").mean() < 0.6
    assert relens("matte", path, "-o", out / "m.png", "--matte", "people", "--quiet").err == ""


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("-o", "m.jpg"), "cannot be written as .jpg"),
        (("-o", "no/m.png"), "does not exist"),
        (("-o", "photo.png"), "is the photo itself"),
        (("-o", "m.png", "--foreground", "m.png"), "named twice"),
        (("-o", "m.png", "--foreground", "f.jpg"), "transparency"),
        (("-o", "m.png", "--click", "1"), "a pixel of the photo"),
        (("-o", "m.png", "--click", "50,3"), "48x36 photo"),
        (("-o", "m.png", "--box", "1,2,3"), "left, top, right and bottom"),
        (("-o", "m.png", "--box", "1,2,3,nan"), "left, top, right and bottom"),
        (("-o", "m.png", "--box", "20,5,10,30"), "48x36 photo"),
        (("-o", "m.png", "--click", "1,2", "--box", "1,2,3,4"), "give one of them"),
        (("-o", "m.png", "--click", "1,2", "--matte", "people"), "give one of them"),
        (("-o", "m.png", "--matte", "phone"), "no portrait matte"),
        (("-o", "m.png", "--matte", "none"), "no matte was asked for"),
        (("-o", "m.png", "--matte", "none.png"), "none.png"),
        (("-o", "m.png", "--refiner", "vitmatte"), "relens models fetch vitmatte"),
        (("-o", "m.png", "--refiner-weights", "w"), "they are for"),
        (("-o", "m.png", "--refiner", "vitmatte", "--refiner-weights", "w"), "is missing"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(relens, photo: Path, monkeypatch, words, problem) -> None:
    monkeypatch.chdir(photo.parent)
    before = set(photo.parent.iterdir())
    relens("matte", "photo.png", *words).assert_refused(problem)
    assert set(photo.parent.iterdir()) == before


def test_options_say_what_the_library_takes() -> None:
    assert MatteOptions().matte_source() == "auto" and MatteOptions().matte_refiner() is None
    assert MatteOptions(click="12.5, 8").matte_source() == Click(12.5, 8)
    assert PhotoOptions(box="1,2,30,40").matte_source() == Box(1, 2, 30, 40)
    assert PhotoOptions(matte="m.png").matte_source() == "m.png"
    with pytest.raises(RelensError):
        PhotoOptions(matte="none", click="1,2").matte_source()
