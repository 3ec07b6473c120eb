import importlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from fitted_pages import QUICK, exact_sight, exact_sight_without_wall, page, photos

from relens.errors import FileError, ValueRangeError
from relens.multiview.page import PageSettings, fit_page, render_page
from relens.multiview.page.psnr import psnr_db

# The module, whose name its function has, too.
FIT = importlib.import_module("relens.multiview.page.fit_page")


def same(one, other):
    return (one.page == other.page).all() and (one.field.offset_px == other.field.offset_px).all()


def test_the_page_shows_a_photo_that_was_held_out():
    photo = photos().photos[1]
    shown = render_page(page(), exact_sight, photo.camera)
    assert psnr_db(shown[4:-4, 4:-4], photo.linear[4:-4, 4:-4]) > 24
    assert page().psnr_db > 27 and page().held_out_psnr_db > 23


def test_the_page_is_the_mean_view_and_natural():
    field = page().field
    assert field.camera.kind == "perspective" and not field.layout.goes_round
    # Texels are about as large as pixels.
    assert 30 < field.layout.texels_per_unit < 75
    assert np.abs(field.offset_px).max() < 3


def test_what_hides_behind_the_ball_is_no_part_of_it():
    none = fit_page(photos(), exact_sight, None, replace(QUICK, hidden_parts=0))
    assert page().field.layout.hidden_px
    assert page().psnr_db > none.psnr_db + 1


def test_texels_that_no_photo_saw_are_clear():
    alpha = page().page[..., 3]
    assert set(np.unique(alpha)) == {0, 1}
    assert (page().page[alpha == 0] == 0).all()
    assert page().page.min() >= 0


def test_an_object_is_unrolled_from_all_around():
    around = fit_page(photos(360.0, ()), exact_sight_without_wall, None, QUICK)
    assert around.field.camera.kind == "object" and around.field.layout.goes_round
    assert around.psnr_db > 24 and around.held_out_psnr_db is None


def test_masks_are_respected():
    given = photos()
    halves = []
    for photo in given.photos:
        mask = np.zeros(photo.linear.shape[:2], bool)
        mask[:, :24] = True
        spoilt = np.where(mask[..., None], photo.linear, np.float32([1, 0, 1]))
        halves.append(replace(photo, linear=spoilt, mask=mask))
    fit = fit_page(replace(given, photos=tuple(halves)), exact_sight, None, replace(QUICK, steps=30))
    shown = fit.page[..., 3] == 1
    assert shown.sum() < 0.8 * (page().page[..., 3] == 1).sum()
    purple = (fit.page[..., :3] @ [1, -1, 1] > 1.5) & shown
    assert not purple.any()


def test_the_same_seed_gives_the_same_page():
    assert same(fit_page(photos(), exact_sight, None, QUICK), page())
    assert not same(fit_page(photos(), exact_sight, None, replace(QUICK, seed=4)), page())


def test_a_killed_fit_goes_on_to_the_same_page(tmp_path, monkeypatch):
    monkeypatch.setattr(FIT, "_CHECKPOINT_EVERY", 20)
    kept, heard = tmp_path / "page.pt", []

    def kill(stage, fraction):
        if stage.startswith("page, ") and stage.endswith("dB"):
            heard.append(stage)
            if fraction > 0.6:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_page(photos(), exact_sight, None, QUICK, checkpoint=kept, progress=kill)
    assert kept.exists() and torch.load(kept, weights_only=True)["state"]["step"] == 40
    went_on = []
    again = fit_page(
        photos(),
        exact_sight,
        None,
        QUICK,
        checkpoint=kept,
        progress=lambda stage, fraction: went_on.append(fraction) if stage.endswith("dB") else None,
    )
    assert min(went_on) > 0.6 and same(again, page())


@pytest.mark.parametrize("change", [{"seed": 9}, {"steps": 61}])
def test_a_checkpoint_of_something_else_is_refused(tmp_path, monkeypatch, change):
    monkeypatch.setattr(FIT, "_CHECKPOINT_EVERY", 2)
    kept, short = tmp_path / "page.pt", replace(QUICK, steps=4)
    fit_page(photos(), exact_sight, None, short, checkpoint=kept)
    with pytest.raises(FileError, match="other settings"):
        fit_page(photos(), exact_sight, None, replace(short, **change), checkpoint=kept)


def test_damaged_and_old_checkpoints_are_refused(tmp_path):
    kept = tmp_path / "page.pt"
    kept.write_bytes(b"PK\x03\x04 no more of it")
    with pytest.raises(FileError, match="damaged"):
        fit_page(photos(), exact_sight, None, QUICK, checkpoint=kept)
    torch.save({"format": "relens-page-checkpoint", "version": 99, "identity": "", "state": {}}, kept)
    with pytest.raises(FileError, match="version 99"):
        fit_page(photos(), exact_sight, None, QUICK, checkpoint=kept)


def test_a_surface_that_no_pixel_sees_is_refused():
    def nothing(origins_m, directions, count):
        return np.zeros((len(origins_m), 1, 3), np.float32), np.zeros((len(origins_m), 1), np.float32)

    with pytest.raises(ValueRangeError, match="no pixel"):
        fit_page(photos(), nothing, None, QUICK)


def test_offsets_undo_a_surface_that_is_off():
    def too_far(origins_m, directions, count):
        points, weights = exact_sight(origins_m, directions, count)
        return points + np.float32(0.06) * directions[:, None], weights

    rigid = fit_page(photos(), too_far, None, replace(QUICK, steps=200, uses_offsets=False))
    free = fit_page(photos(), too_far, None, replace(QUICK, steps=200))
    assert free.psnr_db > rigid.psnr_db + 0.3
    assert not rigid.field.offset_px.any() and free.field.offset_px.any()


@pytest.mark.parametrize(
    "change", [{"steps": 0}, {"page_px": 3}, {"samples": 1.5}, {"smoothness": -1}, {"hidden_parts": -1}], ids=str
)
def test_settings_out_of_range_are_refused(change):
    with pytest.raises((ValueRangeError, TypeError)):
        PageSettings(**change)


def test_the_page_has_the_size_that_is_asked_for():
    fit = fit_page(photos(), exact_sight, None, replace(QUICK, steps=2, page_px=90))
    assert max(fit.field.layout.width_px, fit.field.layout.front_px) == pytest.approx(90, abs=1)
