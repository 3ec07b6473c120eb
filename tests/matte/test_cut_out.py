"""cut_out: what becomes the matte, in which order, and what is refined on the way."""

import warnings
from dataclasses import replace

import cv2
import numpy as np
import pytest
from portraits import nobody, phone_portrait

from relens.camera import Intrinsics
from relens.errors import FileError, MissingPackageError, RelensError, ValueRangeError
from relens.matte import matte as room
from relens.matte.mask_file import write_mask
from relens.matte.matte import Box, Click, cut_out, find_matte
from relens.matte.people import People
from relens.photo import EmbeddedDepth, Photo

pytest.importorskip("pymatting")
HEIGHT_PX, WIDTH_PX = 120, 160
RED, BLUE = np.float32([0.7, 0.1, 0.1]), np.float32([0.1, 0.2, 0.6])


def disc(height_px=HEIGHT_PX, width_px=WIDTH_PX, centre=(0.5, 0.5)):
    """Coverage of a disc, anti-aliased over one pixel."""
    row, column = np.mgrid[:height_px, :width_px] + 0.5
    reach_px = np.hypot(row - centre[0] * height_px, column - centre[1] * width_px)
    return np.clip(0.28 * height_px - reach_px + 0.5, 0, 1).astype(np.float32)


def photo(depth=False, **mattes):
    """A red disc before blue."""
    alpha = disc()[..., None]
    linear = alpha * RED + (1 - alpha) * BLUE
    inverse = np.where(disc() > 0.5, np.float32(1), np.float32(0.3))
    embedded = EmbeddedDepth(inverse, "absolute") if depth else None
    k = Intrinsics.centred(200, WIDTH_PX, HEIGHT_PX)
    return Photo(linear.astype(np.float32), k, mattes=mattes, embedded_depth=embedded)


def off(alpha):
    return float(np.abs(alpha - disc()).mean())


@pytest.fixture
def seen(monkeypatch):
    """People are found where this list holds their masks."""
    masks: list[np.ndarray] = []
    found = lambda *_: People(tuple(masks), len(masks)) if masks else None  # noqa: E731
    monkeypatch.setattr(room, "find_people", found)
    return masks


def test_auto_takes_the_phone_then_people_then_nothing(seen):
    assert cut_out(photo()).alpha is None
    assert cut_out(photo()).source == "none" and "no face" in cut_out(photo()).notes[0]
    seen.append(disc(60, 80))
    with pytest.warns(RuntimeWarning, match="matte from people"):
        people = cut_out(photo())
    assert people.source == "people" and any("largest" in note for note in people.notes)
    assert people.foreground is not None and off(people.alpha) < 0.01
    phone = cut_out(photo(portrait=disc()))
    assert (phone.source, phone.notes) == ("phone", ())
    assert cut_out(photo(hair=disc()), "people").source == "people"


def test_auto_says_what_to_install_and_warns(monkeypatch):
    def missing(*_):
        raise MissingPackageError("ai-edge-litert", "finding faces", "pip install 'relens[portrait]'")

    monkeypatch.setattr(room, "find_people", missing)
    with pytest.warns(RuntimeWarning, match="relens"):
        found = cut_out(photo())
    assert found.alpha is None and "pip install 'relens[portrait]'" in found.notes[0]
    with pytest.raises(MissingPackageError):
        cut_out(photo(), "people")


def test_the_phone_s_matte_is_as_it_was():
    given = photo(portrait=disc(60, 80))
    found = cut_out(given)
    np.testing.assert_array_equal(found.alpha, find_matte(given))
    assert found.foreground is None


def test_none_is_none(seen):
    seen.append(disc())
    for none in (None, "none"):
        assert cut_out(photo(portrait=disc()), none).alpha is None


@pytest.mark.parametrize("what", ["phone", "people"])
def test_what_is_named_must_be_there(seen, what):
    with pytest.raises(RelensError, match=r"photo: .*; (give|use)"):
        cut_out(photo(), what)


def test_a_hard_mask_is_refined_and_a_soft_one_kept():
    soft, hard = disc(), (disc() >= 0.5).astype(np.float32)
    kept = cut_out(photo(), soft)
    assert (kept.source, kept.foreground) == ("array", None)
    np.testing.assert_array_equal(kept.alpha, find_matte(photo(), soft))
    refined = cut_out(photo(), hard)
    assert off(refined.alpha) < 0.6 * off(hard)
    edge = (disc() > 0.2) & (disc() < 0.8)
    # Its own colours are free of the blue behind.
    assert np.abs(refined.foreground[edge] - RED).max() < 0.15 < np.abs(photo().linear[edge] - RED).max()
    for same in (hard.astype(bool), hard.astype(np.uint8), hard.astype(np.float64)):
        np.testing.assert_array_equal(cut_out(photo(), same).alpha, refined.alpha)


def test_a_mask_much_smaller_than_the_photo_is_refined_and_keeps_its_means():
    small = cv2.resize(disc(), (20, 15), interpolation=cv2.INTER_AREA)
    alpha = cut_out(photo(), small).alpha
    assert off(alpha) < 0.7 * off(find_matte(photo(), small))
    means = cv2.resize(alpha, (20, 15), interpolation=cv2.INTER_AREA)
    assert np.abs(means - small).mean() < 0.01


def test_a_file_is_an_array_with_a_name(tmp_path):
    path = tmp_path / "vase.png"
    write_mask(path, disc(), 16)
    for name in (path, str(path)):
        found = cut_out(photo(), name)
        assert found.source == "file vase.png" and off(found.alpha) < 0.002
    with pytest.raises(FileError, match=r"none\.png: no such mask file"):
        cut_out(photo(), tmp_path / "none.png")


@pytest.mark.parametrize("where", [Click(80, 60), Box(35, 15, 125, 105)])
@pytest.mark.parametrize("depth", [True, False])
def test_a_click_and_a_box(where, depth):
    found = cut_out(photo(depth), where)
    assert found.source == type(where).__name__.lower()
    assert off(found.alpha) < 0.01 and found.foreground is not None


def test_the_photo_s_own_depth_is_used_unless_another_is_given():
    # The disc is painted on a wall; depth alone says what is the thing.
    plain = replace(photo(depth=True), linear=np.full((HEIGHT_PX, WIDTH_PX, 3), np.float32(0.4)))
    assert cut_out(plain, Click(80, 60)).alpha[60, 10] < 0.5 < cut_out(plain, Click(80, 60)).alpha[60, 80]
    left = np.where(np.arange(WIDTH_PX) < 100, np.float32(1), np.float32(0.3)) * np.ones((HEIGHT_PX, 1), np.float32)
    alpha = cut_out(plain, Click(80, 60), inverse_depth=left).alpha
    assert alpha[60, 10] > 0.5 > alpha[60, 150]


def test_the_others_are_background(seen):
    twins = photo()
    both = np.maximum(disc(centre=(0.5, 0.3)), disc(centre=(0.5, 0.7)))[..., None]
    twins = replace(twins, linear=(both * RED + (1 - both) * BLUE).astype(np.float32))
    seen += [disc(60, 80, (0.5, 0.3)), disc(60, 80, (0.5, 0.7))]
    found = cut_out(twins, "people")
    assert found.alpha[60, 48] > 0.9 and found.alpha[60, 112] < 0.1
    assert "1 more left to the background" in found.notes[0]


def test_a_learned_refiner_takes_part():
    asked = []

    def half(encoded, trimap):
        asked.append(trimap.shape)
        return np.full(trimap.shape, np.float32(0.5))

    alpha = cut_out(photo(), (disc() >= 0.5).astype(np.float32), refiner=half).alpha
    assert asked and (alpha == 0.5).any() and alpha[60, 80] == 1 and alpha[2, 2] == 0
    with pytest.raises(RelensError, match="relens models fetch vitmatte"):
        cut_out(photo(), disc(), refiner="vitmatte")


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_mask_without_a_subject_is_none_and_says_so(value):
    found = cut_out(photo(), np.full((HEIGHT_PX, WIDTH_PX), value, np.float32))
    assert found.alpha is None and "holds no subject" in found.notes[-1]


@pytest.mark.parametrize(
    "wrong", [np.zeros((160, 120)), np.zeros((3, 4, 3)), np.full((120, 160), np.nan), np.full((120, 160), 255)]
)
def test_what_does_not_fit_is_refused(wrong):
    with pytest.raises(ValueRangeError, match="matte="):
        cut_out(photo(), wrong)


def test_a_real_portrait_by_people_is_near_the_phone_s():
    pytest.importorskip("ai_edge_litert", reason="finding people needs ai-edge-litert")
    portrait = phone_portrait()
    phone = find_matte(portrait)
    without = replace(portrait, mattes={}, embedded_depth=None)
    with pytest.warns(RuntimeWarning):
        found = cut_out(without)
    assert found.source == "people" and found.alpha.shape == phone.shape
    assert np.abs(found.alpha - phone).mean() < 0.02
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cut_out(nobody()).alpha is None
