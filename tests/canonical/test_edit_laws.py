"""The laws of editing: an edit shows alike from everywhere, through every penumbra, and in every colour space.

| law | tolerance |
|---|---|
| a painted point has one colour from twenty cameras | 1e-6 on flat patches, 0.01 on texture (resampling) |
| behind a defocused edge an edit shows by the visible part of the pupil | 0.02; by what showed there before, 1e-6 |
| pages that went to Display P3 and back change no bit | none |
| colours painted in Display P3 come back | 2 of 65535 codes |
"""

import math
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import BLUE, HEIGHT_PX, RED, WIDTH_PX, grid, lens_with_blur, plane, scene_of, texture
from small_scene import edit, with_chunk
from strategies import scenes

from relens.edit.page_set import page_file, read_record
from relens.edit.pages_in import import_pages
from relens.edit.pages_out import export_pages
from relens.edit.paint import Paint
from relens.edit.selection import Where, linear_colour
from relens.lens import Lens
from relens.photo.colour_space import DISPLAY_P3
from relens.photo.icc import build_icc, matrix_colour_space, parse_icc
from relens.photo.transfer import srgb_decode, srgb_encode
from relens.render import shoot
from relens.scene_folder.page import encode_page

ENGINES = pytest.mark.parametrize("engine", ["reference", "cpu"])
NEARLY_CLOSED = Lens(5, 128, 2.0)


def disc_before_a_hill():
    row, column = grid()
    disc = np.hypot(row - 24, column - 30) < 14
    hill = 0.45 + 0.15 * np.sin(row / 13) * np.cos(column / 17)
    return scene_of(plane("disc", texture(1, 2), 1.4 + 0.002 * column, disc), plane("hill", texture(2, 2), hill))


def twenty_cameras(scene):
    """Beside, above, nearer and farther than the photo's, turned a little to all sides."""
    rng = np.random.default_rng(6)
    moves_m, turns_rad = rng.uniform((-0.12, -0.1, -0.1), (0.12, 0.1, 0.1), (20, 3)), rng.uniform(-0.06, 0.06, (20, 3))
    return [scene.camera.moved(*move).turned(*turn) for move, turn in zip(moves_m, turns_rad, strict=True)]


def seen_by(cameras, scene, points, engine):
    """(cameras, n, 3) colours of points in every view, read bilinearly; NaN where they are hidden or beside an edge."""
    seen = np.full((len(cameras), len(points), 3), np.nan)
    for number, camera in enumerate(cameras):
        picture = shoot(scene, NEARLY_CLOSED, camera=camera, samples=1, engine=engine)
        column, row, inverse_depth = camera.project(points[:, :3]).T
        inside = (np.abs(column - WIDTH_PX / 2) < WIDTH_PX / 2 - 2) & (np.abs(row - HEIGHT_PX / 2) < HEIGHT_PX / 2 - 2)
        column, row, depth_m = column[inside] - 0.5, row[inside] - 0.5, 1 / inverse_depth[inside]
        left, top = column.astype(int), row.astype(int)
        colour, visible = np.zeros((inside.sum(), 3)), np.ones(inside.sum(), bool)
        # Silhouettes are soft: a pixel beyond those that are read tells of one.
        for y, x in np.ndindex(4, 4):
            across, down = left + x - 1, top + y - 1
            weight = np.maximum(1 - np.abs(column - across), 0) * np.maximum(1 - np.abs(row - down), 0)
            colour += weight[:, None] * picture.linear[down, across]
            visible &= np.abs(picture.depth_m[down, across] / depth_m - 1) < 0.05
        seen[number, inside] = np.where(visible[:, None], colour, np.nan)
    return seen


@ENGINES
def test_a_painted_patch_has_one_colour_from_everywhere(engine):
    scene = disc_before_a_hill()
    # Every one of another colour; those of the hill lie beside, and hidden behind, the disc.
    patches = {
        ("disc", 24.0, 18.0): "#d02030", ("disc", 37.0, 20.5): "#20d060", ("disc", 30.0, 32.0): "#3050e0",
        ("hill", 8.0, 10.0): "#e0a020", ("hill", 56.0, 24.0): "#20c0c0", ("hill", 50.0, 40.0): "#a030b0",
        ("hill", 30.0, 24.0): "#f0f0f0", ("hill", 20.0, 22.0): "#101010", ("hill", 42.0, 27.0): "#806040",
    }  # fmt: skip
    points = []
    for (layer, column, row), colour in patches.items():
        where = Where(layer=layer, brush_px=((column, row),), radius_px=5.5, feather_px=0)
        scene = Paint(colour, where=where)(scene)
        points.append(scene.canonical.field.points_m(layer, np.array([column]), np.array([row]))[0])
    points, expected = np.array(points), np.array([linear_colour(colour) for colour in patches.values()])
    texels = scene.canonical.field.texels(points)
    np.testing.assert_array_equal(texels.page, [["disc", "hill"].index(layer) for layer, *_ in patches])

    seen = seen_by(twenty_cameras(scene), scene, points, engine)
    views = (~np.isnan(seen[..., 0])).sum(axis=0)
    assert np.median(views) >= 6 and views[6:].min() < 4, "seen by several cameras, and not where something hides them"
    visible = views > 0
    np.testing.assert_allclose(seen[:, visible], np.where(np.isnan(seen), np.nan, expected)[:, visible], atol=1e-6)
    assert np.nanvar(seen[:, visible], axis=0).max() < 1e-12


@ENGINES
def test_a_painted_texture_has_its_colours_from_everywhere(engine):
    scene = disc_before_a_hill()
    # No two texels alike, and smooth, so that reading between pixels tells little apart.
    for layer, seed in (("disc", 11), ("hill", 12)):
        page = np.array(scene.canonical[layer])
        page[..., :3] = texture(seed, 4) * page[..., 3:]
        scene = scene.with_page(layer, page)
    rng = np.random.default_rng(8)
    index = rng.integers(0, 2, 150)
    column, row = rng.integers(18, 42, 150) + 0.5, rng.integers(12, 36, 150) + 0.5
    points = scene.canonical.field.points_m(index, column, row)
    texels = scene.canonical.field.texels(points)
    place = (row + scene.border_px).astype(int), (column + scene.border_px).astype(int)
    pages = np.stack([scene.canonical[layer.name] for layer in scene.layers])[(index, *place)]
    whole = pages[:, 3] == 1
    np.testing.assert_array_equal(texels.page[whole], index[whole])

    seen = seen_by(twenty_cameras(scene), scene, points[whole], engine)
    views = (~np.isnan(seen[..., 0])).sum(axis=0)
    often = views >= 3
    assert often.sum() > 60 and (views == 0).any()
    away = np.abs(seen - pages[whole][:, :3])[:, often]
    assert np.nanmax(away) < 0.01
    spread = np.nanstd(seen[:, often], axis=0)
    assert spread.max() < 0.003 and np.nanmean(seen[:, often], axis=0).std(axis=0).min() > 0.08


@ENGINES
@pytest.mark.parametrize("focus_inverse_m", [0.25, 0.6])
def test_an_edit_behind_a_defocused_edge_shows_by_the_visible_part_of_the_pupil(engine, focus_inverse_m):
    edge_px, blur_px, near = 31, 16.0, 1.0
    _, column = grid()
    scene = scene_of(plane("near", RED, near, column < edge_px), plane("far", BLUE, 0.25))
    after = Paint("#40c080", where=Where(layer="far"))(scene)
    lens = lens_with_blur(blur_px, near, focus_inverse_m)
    one, other = (shoot(each, lens, samples=64, engine=engine) for each in (scene, after))
    change = other.linear - one.linear
    # At x from the edge, the part of the blur disc beyond a chord at distance t radii from its middle is
    # (acos t - t sqrt(1 - t^2)) / pi; it sees the wall.
    t = np.clip((edge_px - (np.arange(WIDTH_PX) + 0.5)) / (blur_px / 2), -1, 1)
    visible = ((np.arccos(t) - t * np.sqrt(1 - t**2)) / math.pi)[None, :, None]
    of_wall = linear_colour("#40c080") - np.float32(BLUE)
    np.testing.assert_allclose(change, np.broadcast_to(visible * of_wall, change.shape), atol=0.02)
    # The wall was all that is blue: how much of it showed is how much of the edit does.
    np.testing.assert_allclose(change, one.linear[..., 2:] * of_wall, atol=1e-6)
    assert not change[:, : edge_px - 10].any()


PROFILE = build_icc("Display P3", DISPLAY_P3)
# To linear sRGB, as the profile's own numbers have it.
MATRIX = matrix_colour_space(parse_icc(PROFILE)).to_srgb


def into_display_p3(page):
    """16-bit sRGB codes, blue first with alpha, as an editor converts them to Display P3, which has the same curve."""
    light = srgb_decode(page[..., 2::-1] / np.float32(65535)) @ np.linalg.inv(MATRIX).T
    page = page.copy()
    page[..., 2::-1] = np.rint(np.clip(srgb_encode(light), 0, 1) * 65535)
    return page


def save_as_display_p3(path, change):
    edit(path, change)
    with_chunk(path, b"iCCP", b"p3\0\0" + zlib.compress(PROFILE))


@settings(max_examples=20)
@given(scenes(), st.integers(0, 2**32))
def test_display_p3_and_back(tmp_path_factory, scene, seed):
    folder = tmp_path_factory.mktemp("p3") / "pages"
    export_pages(scene, folder)
    record = read_record(folder)
    for name in record.pages:
        save_as_display_p3(folder / page_file(name), into_display_p3)
    same, report = import_pages(scene, folder)
    assert not report.changed
    for before, after in zip(scene.layers, same.layers, strict=True):
        assert before.rgba is after.rgba and before.inverse_depth is after.inverse_depth

    rng, layer = np.random.default_rng(seed), scene.layers[-1]
    wanted = {}

    def painted(page):
        new = page.copy()
        # Dark and saturated ones are where rounding counts most.
        new[..., :3] = rng.integers(0, 65536, (*new.shape[:2], 3)) // rng.choice([1, 1, 300], (*new.shape[:2], 3))
        new = into_display_p3(new)
        # What editors and profiles round is less.
        clearly = (np.abs(new[..., :3].astype(int) - page[..., :3]) > 2000).any(axis=2)
        wanted["texels"] = clearly & (page[..., 3] > 0) & (rng.random(page.shape[:2]) < 0.7)
        wanted["codes"] = np.where(wanted["texels"][..., None], new, page)
        return wanted["codes"]

    save_as_display_p3(folder / page_file(layer.name), painted)
    after, report = import_pages(scene, folder)
    assert {page.name: page.texels for page in report.pages}[layer.name] == wanted["texels"].sum()
    codes, _ = encode_page(after.layers[-1].rgba, record.gain)
    codes = into_display_p3(codes).astype(int)
    assert np.abs(codes - wanted["codes"])[wanted["texels"]].max(initial=0) <= 2
    kept = ~wanted["texels"]
    np.testing.assert_array_equal(after.layers[-1].rgba[kept], layer.rgba[kept])
    assert after.layers[:-1] == scene.layers[:-1]
