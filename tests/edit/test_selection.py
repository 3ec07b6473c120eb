"""Selection: every condition alone against a closed form, and all together as the product of each."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX, grid, plane, scene_of
from scipy.special import ndtr
from unchecked import unchecked

from relens.edit import Where, select
from relens.edit.selection import fulfilling, linear_colour
from relens.errors import FileError, ValueRangeError
from relens.photo import srgb_encode

ROW, COLUMN = grid()
CARD = (np.abs(ROW - 24) < 10) & (np.abs(COLUMN - 32) < 12)
SKY, LEFT = ROW < 4, COLUMN < 32
RED, GREEN, BLUE, GREY = "#c04020", "#40a040", "#2040c0", "#808080"
THERE = {"subject-2": CARD, "wall": ~SKY, "sky": ROW > -99}
SHOWN = {"subject-2": CARD, "wall": ~CARD & ~SKY, "sky": SKY}


def hidden_card():
    """A red card of the subject, 0.5 m away, before a wall 2 m away, green left and blue right; the sky above it."""
    halves = np.where(LEFT[..., None], linear_colour(GREEN), linear_colour(BLUE))
    card = plane("subject-2", linear_colour(RED), 2.0, CARD)
    wall = plane("wall", halves, np.where(SKY, np.float32(np.nan), np.float32(0.5)), ~SKY)
    return scene_of(card, wall, plane("sky", linear_colour(GREY), 0.0))


SCENE = hidden_card()


def planes(selection, scene=SCENE):
    """Coverage of every layer over the whole page."""
    found = {}
    for layer in scene.layers:
        found[layer.name] = np.zeros(layer.inverse_depth.shape, np.float32)
        if layer.name in selection.coverage:
            found[layer.name][selection.window] = selection.coverage[layer.name]
    return found


def assert_selected(where, expected, scene=SCENE):
    selection = select(scene, where)
    for name, part in planes(selection, scene).items():
        np.testing.assert_array_equal(part, np.float32(expected.get(name, 0)), err_msg=name)
        assert (name in selection.coverage) == bool(part.any())


def on_wall(scene=SCENE, **conditions):
    """Coverage of the wall's page, hidden parts included, over the whole page."""
    return planes(select(scene, Where(layer="wall", **conditions)), scene)["wall"]


def test_without_conditions_it_is_everything():
    assert_selected(Where(), THERE)


@pytest.mark.parametrize("name, there", THERE.items())
def test_a_layer_is_selected_with_what_is_hidden_of_it(name, there):
    assert_selected(Where(layer=name), {name: there})


@pytest.mark.parametrize("name", ["subject", "subject-1", "subject-12"])
def test_the_subject_is_its_layers(name):
    scene = replace(SCENE, layers=(replace(SCENE.layers[0], name=name), *SCENE.layers[1:]))
    assert_selected(Where(subject=True), {name: CARD}, scene)


def test_what_shows_less_than_an_eight_bit_step_is_not_selected():
    for alpha, there in ((0.003, False), (0.005, True)):
        scene = scene_of(plane("veil", 0.5, 1.0, alpha), plane("wall", 0.5, 0.5))
        assert ("veil" in select(scene, Where(brush_px=((9, 9),))).coverage) == there


@pytest.mark.parametrize(
    "depth_m, names",
    [
        ((0, math.inf), ["subject-2", "wall", "sky"]),
        ((0, 0.5), ["subject-2"]),
        ((0.5, 2), ["subject-2", "wall"]),
        ((0.51, math.inf), ["wall", "sky"]),
        ((2, math.inf), ["wall", "sky"]),
        ((2.01, math.inf), ["sky"]),
        ((1, 1e9), ["wall"]),
    ],
)
def test_depth_from_the_nearest_to_the_farthest_both_included(depth_m, names):
    assert_selected(Where(depth_m=depth_m), {name: THERE[name] for name in names})


@pytest.mark.parametrize("colour", [GREEN, GREEN.upper(), GREEN[1:]])
def test_a_colour(colour):
    assert_selected(Where(colour=colour), {"wall": THERE["wall"] & LEFT})


def test_a_colour_fades_out_over_the_last_quarter_of_its_tolerance():
    grey = np.broadcast_to(np.linspace(0.05, 0.9, COLUMN.shape[1])[None, :, None], (*COLUMN.shape, 3))
    scene = scene_of(plane("wall", grey, 1.0, 0.5))
    lightness = 116 * np.cbrt([grey[..., 0], np.full(COLUMN.shape, linear_colour(GREY)[0])]) - 16
    expected = np.clip(4 * (1 - np.abs(lightness[0] - lightness[1]) / 12), 0, 1)
    assert 5 < ((expected[0] > 0) & (expected[0] < 1)).sum() < 40
    np.testing.assert_allclose(on_wall(scene, colour=GREY, tolerance=12), expected, atol=0.02)


def test_colours_are_srgb():
    np.testing.assert_allclose(srgb_encode(linear_colour("#ff8000")) * 255, [255, 128, 0], atol=1e-3)


@pytest.mark.parametrize("click_px", [(32, 24), (20.5, 14.5), (43.5, 33.5)])
def test_a_click_takes_the_thing_there(click_px):
    assert_selected(Where(click_px=click_px, feather_px=0), {"subject-2": CARD})


def test_a_click_looks_at_the_photo_even_where_a_layer_is_named_so():
    # Laid behind all else, a picture of nothing.
    layers = (*SCENE.layers, plane("photo", 0.1, 0.0, 0.5))
    assert_selected(Where(click_px=(32, 24), feather_px=0), {"subject-2": CARD}, replace(SCENE, layers=layers))


def write_mask(folder, mask):
    assert cv2.imwrite(str(folder / "mask.png"), mask)
    return folder / "mask.png"


def test_a_mask_lies_texel_on_texel_and_goes_on_in_the_border(tmp_path):
    mask = np.random.default_rng(7).integers(0, 256, (HEIGHT_PX, WIDTH_PX), np.uint8)
    found = planes(select(SCENE, Where(layer="sky", mask=write_mask(tmp_path, mask), feather_px=0)))["sky"]
    np.testing.assert_allclose(found, np.pad(mask / 255, BORDER_PX, mode="edge"), atol=1e-6)


@pytest.mark.parametrize("scale", [2, 0.5])
def test_a_mask_of_another_resolution_lies_where_it_should(tmp_path, scale):
    size = round(HEIGHT_PX * scale), round(WIDTH_PX * scale)
    row, column = (np.mgrid[: size[0], : size[1]] + 0.5) / scale
    mask = np.where((np.abs(row - 20) < 8) & (np.abs(column - 40) < 12), 255, 0).astype(np.uint8)
    found = planes(select(SCENE, Where(layer="sky", mask=write_mask(tmp_path, mask), feather_px=0)))["sky"]
    for at, middle, wide in ((ROW, 20, 8), (COLUMN, 40, 12)):
        assert (found * at).sum() / found.sum() == pytest.approx(middle, abs=1e-3)
        inside = np.abs(at - middle) < wide - 1
        assert found[inside].max() == 1 and not found[np.abs(at - middle) > wide + 1].any()


def test_masks_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(ValueRangeError, match=r"mask=.*aspect"):
        select(SCENE, Where(mask=write_mask(tmp_path, np.full((WIDTH_PX, HEIGHT_PX), 255, np.uint8))))
    with pytest.raises(ValueRangeError, match="empty"):
        select(SCENE, Where(mask=write_mask(tmp_path, np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8))))
    with pytest.raises(FileError, match="missing"):
        select(SCENE, Where(mask=tmp_path / "missing.png"))


@pytest.mark.parametrize("feather_px, exact", [(0.7, 0.03), (2.0, 0.003), (5.0, 0.003)])
def test_an_edge_fades_out_by_one_standard_deviation(tmp_path, feather_px, exact):
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    mask[:, :30] = 255
    found = planes(select(SCENE, Where(layer="sky", mask=write_mask(tmp_path, mask), feather_px=feather_px)))["sky"]
    outside_px = COLUMN - 30
    np.testing.assert_allclose(found, ndtr(-outside_px / feather_px), atol=exact)
    assert (found[outside_px < -5 * feather_px] == 1).all()
    assert (found[outside_px > 1 + 3 * feather_px] == 0).all()


def off_stroke(points):
    """Distance of every texel's centre from the lines between the points, in pixels."""
    at, least = np.stack([COLUMN, ROW], -1), np.full(ROW.shape, np.inf)
    for start, end in zip(points, [*points[1:], points[-1]], strict=True):
        start, along = np.array(start, float), np.subtract(end, start)
        part = np.clip((at - start) @ along / max(along @ along, 1e-12), 0, 1)
        least = np.minimum(least, np.linalg.norm(at - start - part[..., None] * along, axis=-1))
    return least


points = st.tuples(st.floats(-30, 90), st.floats(-30, 70))


@given(st.lists(points, min_size=1, max_size=4), st.floats(0.8, 30))
def test_a_brush_covers_what_is_within_its_radius(stroke, radius_px):
    off_px = off_stroke(stroke)
    where = Where(layer="sky", brush_px=tuple(stroke), radius_px=radius_px, feather_px=0)
    if off_px.min() > radius_px + 0.5:
        with pytest.raises(ValueRangeError, match="off the photo"):
            select(SCENE, where)
    elif off_px.min() < radius_px + 0.49:
        found = planes(select(SCENE, where))["sky"]
        np.testing.assert_allclose(found, np.clip(radius_px + 0.5 - off_px, 0, 1), atol=1e-4)


@given(st.floats(0.2, 12), st.floats(15, 33), st.booleans())
def test_a_straight_stroke_is_as_wide_as_asked_and_lies_where_asked(radius_px, middle, upright):
    stroke = ((middle, -60), (middle, 120)) if upright else ((-60, middle), (120, middle))
    found = planes(select(SCENE, Where(layer="sky", brush_px=stroke, radius_px=radius_px, feather_px=0)))["sky"]
    across, at = (found[30], COLUMN[30]) if upright else (found[:, 30], ROW[:, 30])
    assert across.sum() == pytest.approx(2 * radius_px, rel=1e-4)
    # A hair's width within one texel says no more than which.
    assert (across * at).sum() / across.sum() == pytest.approx(middle, abs=0.1 if radius_px >= 0.5 else 0.5)


def test_a_brush_paints_in_the_border():
    found = planes(select(SCENE, Where(brush_px=((-10.5, 20.5),), radius_px=3, feather_px=0)))["wall"]
    assert found.sum() == pytest.approx(9 * np.pi, rel=0.03)
    assert found[BORDER_PX + 20, BORDER_PX - 11] == 1 and not found[COLUMN > -7].any()


def everywhere(name, **condition):
    """What one condition leaves of a layer's page, hidden parts included."""
    try:
        return planes(fulfilling(SCENE, Where(layer=name, feather_px=0, **condition)))[name]
    except ValueRangeError as error:
        assert "selection=empty" in str(error)
        return np.zeros(ROW.shape, np.float32)


def test_conditions_hold_together(tmp_path):
    mask = write_mask(tmp_path, np.tile(np.linspace(0, 255, WIDTH_PX).astype(np.uint8), (HEIGHT_PX, 1)))
    flat = {
        "mask": {"mask": mask},
        "brush": {"brush_px": ((10, 6), (40.3, 30.7)), "radius_px": 9.3},
        "click": {"click_px": (32, 24)},
    }
    deep = {"far": {"depth_m": (1.0, math.inf)}, "near": {"depth_m": (0.1, 1.0)}, "colour": {"colour": GREEN}}
    # A condition is given once.
    names_of = st.sets(st.sampled_from([*flat, *deep])).filter(lambda names: not {"far", "near"} <= names)

    @given(names_of, st.booleans(), st.sampled_from([None, *SHOWN]))
    @settings(max_examples=60)
    def check(names, subject, layer):
        expected, placed = {}, bool(names & set(flat)) and layer is None
        for name, shown in (SHOWN if placed else THERE).items():
            part = everywhere(name) if layer == name else np.float32(shown) * (layer is None)
            for each in names & set(deep):
                part = part * everywhere(name, **deep[each])
            planes_of = [everywhere("sky", **flat[each]) for each in names & set(flat)]
            part = part * np.minimum.reduce([np.ones_like(part), *planes_of])
            expected[name] = part * (name == "subject-2" or not subject)
        conditions = {key: value for each in names for key, value in {**flat, **deep}[each].items()}
        where = Where(layer=layer, subject=subject, feather_px=0, **conditions)
        if not any(part.any() for part in expected.values()):
            with pytest.raises(ValueRangeError, match=r"selection=empty|subject=none"):
                fulfilling(SCENE, where)
            return
        for name, part in planes(fulfilling(SCENE, where)).items():
            # What is hidden goes with what shows beside it: test_run_on.py.
            compared = SHOWN[name] if placed else ROW > -99
            np.testing.assert_allclose(part[compared], expected[name][compared], atol=1e-6, err_msg=name)

    check()


@pytest.mark.parametrize(
    "where, problem",
    [
        (Where(layer="photo"), "layer='photo': expected one of subject-2, wall, sky"),
        (Where(subject=True, layer="wall"), "subject=none"),
        (Where(depth_m=(2, 1)), "depth_m="),
        (Where(depth_m=(1, 1)), "depth_m="),
        (Where(depth_m=(-1, 1)), "depth_m="),
        (Where(depth_m=(math.nan, 1)), "depth_m="),
        (Where(depth_m=(1, math.nan)), "depth_m="),
        (Where(colour="#12345"), "colour='#12345': expected #rrggbb"),
        (Where(colour="#12345g"), "colour="),
        (Where(colour="red"), "colour="),
        (Where(tolerance=0), "tolerance="),
        (Where(colour=RED, tolerance=math.nan), "tolerance="),
        (Where(click_px=(-1, 5)), "click"),
        (Where(click_px=(5, HEIGHT_PX + 1)), "click"),
        (Where(click_px=(math.nan, 5)), "click"),
        (Where(brush_px=((200, 5),)), "off the photo"),
        (Where(brush_px=((math.nan, 5),)), "brush_px="),
        (Where(brush_px=((math.inf, 5),)), "brush_px="),
        (Where(brush_px=((1e9, 5),)), "brush_px="),
        (Where(brush_px=((5, 5),), radius_px=0), "radius_px="),
        (Where(brush_px=((5, 5),), radius_px=-1), "radius_px="),
        (Where(brush_px=((5, 5),), radius_px=math.nan), "radius_px="),
        (Where(brush_px=((5, 5),), radius_px=1e9), "radius_px="),
        (Where(brush_px=((5, 5),), feather_px=-1), "feather_px="),
        (Where(feather_px=math.nan), "feather_px="),
    ],
)
def test_conditions_out_of_range_are_refused_in_one_line(where, problem):
    with unchecked(), pytest.raises(ValueRangeError, match=problem) as caught:
        select(SCENE, where)
    assert len(str(caught.value).splitlines()) == 1


def test_half_a_click_is_refused():
    with unchecked(), pytest.raises(ValueRangeError, match="click_px="):
        select(SCENE, Where(click_px=(5.0,)))


@pytest.mark.parametrize(
    "where",
    [
        Where(depth_m=(0.6, 1.9)),
        Where(colour="#ff00ff"),
        Where(layer="sky", colour=RED),
        Where(layer="subject-2", brush_px=((2, 2),), radius_px=1),
        Where(subject=True, depth_m=(1, math.inf)),
    ],
)
def test_nothing_selected_is_an_error(where):
    with pytest.raises(ValueRangeError, match="selection=empty"):
        select(SCENE, where)


def test_a_scene_without_a_matte_has_no_subject():
    with pytest.raises(ValueRangeError, match="subject=none in this scene: expected a scene lifted with a matte"):
        select(scene_of(plane("wall", 0.5, 1.0), plane("subjects", 0.5, 0.5)), Where(subject=True))
