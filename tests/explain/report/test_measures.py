import json
import math
from dataclasses import replace

import numpy as np
import pytest
from report_scenes import FAR_M, NEAR_M, findings, fx_px, taken_of

from relens.explain.report.differences import depth_errors_of, grain_of, outline_of, perspective_of
from relens.explain.report.hidden import hidden_of, marked_scene
from relens.explain.report.numbers import numbers_of
from relens.explain.report.optics import image_distance_mm, optics_of, stops_of
from relens.explain.report.points import ScenePoint, background_point, detail_point
from relens.explain.report.rays import bundle_of
from relens.explain.report.sources import what_ran
from relens.explain.report.window import window_of
from relens.lens import Lens
from relens.render.engine import SampleBlock
from relens.render.rays import block_views, photo_lines
from relens.render.shoot import shoot


def test_the_optics_are_the_lens_s_own_formulas():
    taken = taken_of()
    optics, lens, k = optics_of(taken), taken.lens, taken.scene.camera.intrinsics
    assert taken.background_m == pytest.approx(FAR_M, rel=1e-5)
    assert optics.coc_px == lens.coc_px(1 / taken.background_m, k.fx_px)
    assert (optics.near_m, optics.far_m) == lens.depth_of_field_m(k.fx_px, k.diagonal_px / 1500)
    # Gauss: 1/f = 1/v + 1/z.
    assert pytest.approx(1 / optics.image_mm + 1 / (NEAR_M * 1e3)) == 1 / 50
    # What the drawing shows in millimetres is what the formula says in pixels.
    assert optics.coc_mm / optics.mm_per_px == pytest.approx(optics.coc_px)
    assert image_distance_mm(50, math.inf) == 50


def test_stops_hold_the_lens_s_own_f_number_and_its_loss_of_light():
    lenses = stops_of(Lens(85, 1.8, 1.0, t_stop=2.0))
    assert [each.f_number for each in lenses] == [16, 11, 8, 5.6, 4, 2.8, 2, 1.8, 1.4, 1.2]
    assert {round(each.transmittance, 6) for each in lenses} == {round(0.81, 6)}


def test_rays_of_a_background_point_spread_over_its_circle_and_those_in_focus_meet_in_a_pixel():
    taken = taken_of()
    far, near = background_point(taken), detail_point(taken)
    assert far.inverse_depth == pytest.approx(1 / FAR_M) and near.inverse_depth == pytest.approx(1 / NEAR_M)
    spread = bundle_of(taken.scene, taken.lens, far)
    away = np.hypot(*(spread.landing_px - [far.column_px, far.row_px]).T)
    assert away.max() <= far.coc_px / 2 and spread.spread_px > 0.85 * far.coc_px > 3
    assert bundle_of(taken.scene, taken.lens, near).spread_px < 1e-6


def test_rays_land_where_the_renderer_s_own_rays_come_from():
    taken, count = taken_of(), 16
    point = ScenePoint("far", 10.5, 8.5, 1 / FAR_M, 1.0)
    bundle = bundle_of(taken.scene, taken.lens, point, seed=3, count=count)
    views = block_views(taken.scene.camera, taken.lens, SampleBlock(0, count, 3))
    for index, (column, row) in enumerate(bundle.landing_px):
        start, slope, _ = photo_lines(views, index, taken.scene.camera.intrinsics, np.array([column]), np.array([row]))
        np.testing.assert_allclose(start + slope * point.inverse_depth, [[10.5, 8.5]], atol=1e-9)


def test_what_stands_in_the_way_stops_rays():
    taken = taken_of()
    # Behind the disc's edge: some rays pass beside it. Behind its middle: none does.
    edge = ScenePoint("edge", 21.5, 24.0, 1 / FAR_M, 5.0)
    middle = ScenePoint("middle", 32.0, 24.0, 1 / FAR_M, 5.0)
    blocked = bundle_of(taken.scene, taken.lens, edge).blocked
    assert 0 < blocked.sum() < len(blocked)
    assert bundle_of(taken.scene, taken.lens, middle).blocked.all()
    assert not bundle_of(taken.scene, taken.lens, replace(middle, column_px=5.5)).blocked.any()


def test_a_window_is_the_same_part_of_the_whole_picture():
    taken = taken_of()
    whole = shoot(taken.scene, taken.lens, samples=32, engine="reference")
    window = window_of(taken.scene, 20, 10, 12, 9, taken.lens)
    part = shoot(window, taken.lens, samples=32, engine="reference")
    np.testing.assert_allclose(part.linear, whole.linear[10:19, 20:32], atol=2e-3)


def test_made_up_light_lies_around_the_subject_and_at_the_frame_and_goes_with_the_pupil():
    taken = taken_of()
    hidden = hidden_of(taken)
    assert hidden.share[24, 32] == 0 and hidden.share[10, 16] == 0
    assert hidden.share[24, 20] > 0.05 and hidden.share[24, 0] > 0.2
    assert 0 < hidden.beyond < hidden.mean < 0.5
    assert hidden_of(taken, replace(taken.lens, f_number=64)).mean < 0.1 * hidden.mean


def test_marks_are_alpha_where_something_is_nearer():
    marked = marked_scene(taken_of().scene)
    back = marked.layers[1].rgba
    border = marked.border_px
    assert back[border + 24, border + 32].tolist() == [1, 0, 0, 1]
    assert back[border + 2, border + 2].tolist() == [0, 0, 0, 1]
    assert back[0, 0].tolist() == [0, 0, 1, 1]
    assert not marked.layers[0].rgba[border + 24, border + 32, :3].any()


def test_uncertainty_becomes_pixels_of_blur():
    sigma = np.full((48, 64), 0.05, np.float32)
    errors = depth_errors_of(taken_of(uncertainty=sigma))
    scale = fx_px() * 0.05 / 1.4
    assert errors.known and errors.median == pytest.approx(0.05)
    # Most of the picture is wall; the worst of the outline is on the disc.
    assert errors.median_px == pytest.approx(scale / FAR_M * 0.05, rel=1e-4)
    assert errors.outline_px == pytest.approx(scale / NEAR_M * 0.05, rel=1e-4)
    assert errors.px_per_percent == pytest.approx(0.01 * scale / FAR_M, rel=1e-4)
    unsure = depth_errors_of(taken_of())
    assert not unsure.known and math.isnan(unsure.median_px)


def test_the_outline_goes_around_the_subject():
    outline = outline_of(taken_of())
    row, column = np.nonzero(outline)
    away = np.hypot(column + 0.5 - 32, row + 0.5 - 24)
    assert outline.any() and away.min() > 8 and away.max() < 14


def test_grain_is_the_noise_put_in():
    noise = np.random.default_rng(0).normal(0, 2 / 255, (96, 96, 1)).repeat(3, axis=2)
    codes = (0.5 + noise).astype(np.float32)
    linear = (((codes + 0.055) / 1.055) ** 2.4).astype(np.float32)
    grain = grain_of(linear, np.full_like(linear, 0.2), np.full((96, 96), 0.001, np.float32))
    assert grain.photo == pytest.approx(2, rel=0.1) and grain.result < 0.01 < grain.sampling


def test_perspective_keeps_the_subject_s_size():
    taken = taken_of()
    it = perspective_of(taken)
    assert it is not None
    zoom = 50 / 36 * 64 / fx_px()
    assert it.lens_m == pytest.approx(NEAR_M * zoom)
    assert perspective_of(taken_of(Lens(50, 1.4))) is None


def test_numbers_are_those_of_the_run_and_are_json():
    found = findings()
    numbers = json.loads(json.dumps(numbers_of(found), allow_nan=False))
    assert numbers["optics"]["coc_px"] == found.taken.lens.coc_px(1 / found.taken.background_m, fx_px())
    for stop in numbers["stops"]:
        assert stop["pupil_mm"] == pytest.approx(50 / stop["f_number"])
        assert stop["coc_px"] == pytest.approx(numbers["optics"]["coc_px"] * 1.4 / stop["f_number"])
    assert numbers["depth_errors"]["median"] is None


def test_what_was_run_names_networks_and_packages_with_their_licences():
    taken = taken_of()
    plain = what_ran(replace(taken, matte_source="none", painter="patches"))
    assert {"relens", "numpy", "numba"} <= {row.name for row in plain}
    assert not {"faces", "matte", "hidden surfaces"} & {row.stage for row in plain}
    people = {row.name: row for row in what_ran(replace(taken, matte_source="people", painter="LaMa"))}
    assert people["selfie_segmentation"].licence == "Apache-2.0" and people["selfie_segmentation"].version
    assert people["PyMatting"].licence == "MIT"
    assert people["LaMa"].stage == "hidden surfaces"
