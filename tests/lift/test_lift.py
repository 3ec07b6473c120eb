"""Lifting scenes whose layers are known: what must be cut is cut, what must stay whole stays whole."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, gaussian_filter, label
from unchecked import any_type, unchecked

import relens
from relens.camera import Intrinsics
from relens.depth import Depth
from relens.errors import RelensError, ValueRangeError
from relens.photo import Photo

HEIGHT_PX, WIDTH_PX, FX_PX = 120, 160, 200.0
REACH_M = 0.07
ROW, COLUMN = np.mgrid[:HEIGHT_PX, :WIDTH_PX] + 0.5
DISTANCE_PX = np.hypot(ROW - 60, COLUMN - 80) - 30  # from the silhouette of a disc
DISC = DISTANCE_PX < 0
WALL = 0.5 + 0.001 * COLUMN - 0.0005 * ROW  # inverse depth of a slanted wall
NEAR = 2.0


def texture(seed, middle):
    noise = gaussian_filter(np.random.default_rng(seed).standard_normal((HEIGHT_PX, WIDTH_PX, 3)), (3, 3, 0))
    return np.clip(middle + 0.05 * noise / noise.std(), 0, 1).astype(np.float32)


def photo_of(linear, **parts):
    return Photo(linear.astype(np.float32), Intrinsics.centred(FX_PX, WIDTH_PX, HEIGHT_PX), **parts)


def disc_photo(softness_px=1.0):
    """A warm disc before a cold wall, with a silhouette as soft as a camera's, and the depth of both in metres."""
    alpha = np.clip(0.5 - DISTANCE_PX / softness_px, 0, 1)[..., None]
    linear = alpha * texture(1, [0.7, 0.4, 0.2]) + (1 - alpha) * texture(2, [0.1, 0.2, 0.5])
    return photo_of(linear), 1 / np.where(DISC, NEAR, WALL)


def inner(scene, page):
    border = scene.border_px
    return page[border : border + HEIGHT_PX, border : border + WIDTH_PX]


def composite(scene):
    """What the photo's own pinhole sees, front to back by depth at every pixel."""
    pages = [(inner(scene, layer.rgba), inner(scene, layer.inverse_depth)) for layer in scene.layers]
    depth = np.stack([np.where(np.isnan(w), -1, w) for _, w in pages])
    order = np.argsort(-depth, axis=0, kind="stable")
    total, clear = np.zeros((HEIGHT_PX, WIDTH_PX, 4)), np.ones((HEIGHT_PX, WIDTH_PX, 1))
    for rank in order:
        rgba = np.take_along_axis(np.stack([rgba for rgba, _ in pages]), rank[None, ..., None], axis=0)[0]
        total += clear * rgba
        clear = clear * (1 - rgba[..., 3:])
    return total


@pytest.fixture(scope="module")
def disc_scene():
    photo, metres = disc_photo()
    return relens.lift(photo, depth=metres, reach_m=REACH_M)


def test_a_disc_before_a_wall_is_two_layers(disc_scene):
    assert len(disc_scene.layers) == 2
    front, back = disc_scene.layers
    alpha = inner(disc_scene, front.rgba)[..., 3]
    assert alpha[DISTANCE_PX > 3].max() == 0
    ring = (DISTANCE_PX < -3) & (DISTANCE_PX > -10)
    assert alpha[ring].min() > 0.99
    edge = (np.abs(DISTANCE_PX) < 0.4) & (alpha > 0)
    assert ((alpha[edge] > 0.02) & (alpha[edge] < 0.98)).mean() > 0.8, "the silhouette is not soft"
    np.testing.assert_allclose(inner(disc_scene, front.inverse_depth)[ring], NEAR, rtol=0.01)
    reach_px = FX_PX * REACH_M * (NEAR - WALL.min())
    np.testing.assert_allclose(inner(disc_scene, back.rgba)[reach_px > -DISTANCE_PX][:, 3], 1)


def test_layers_blend_to_the_photo(disc_scene):
    blend = composite(disc_scene)
    np.testing.assert_allclose(blend[..., :3], disc_photo()[0].linear, atol=1e-3)
    np.testing.assert_allclose(blend[..., 3], 1, atol=1e-5)


def test_a_pinhole_picture_of_the_scene_is_the_photo(disc_scene):
    picture = relens.shoot(disc_scene, relens.Lens(1, 128, 1.0), samples=8)
    np.testing.assert_allclose(picture.linear, disc_photo()[0].linear, atol=2e-3)
    off_edge = np.abs(DISTANCE_PX) > 2
    np.testing.assert_allclose(picture.depth_m[off_edge], disc_photo()[1][off_edge], rtol=1e-3)


@pytest.mark.parametrize("shift_px", [0.25, 0.5])
def test_no_wall_shines_through_where_the_front_layer_ends_inside_a_leaf(shift_px):
    grey, white = np.full(3, 0.2), np.full(3, 1.0)
    photo = photo_of(np.where(DISC[..., None], grey, white))
    # A leaf that grows out of the wall at its lower end covers a part of its own surface.
    leaf = 0.5 + (NEAR - 0.5) * np.clip((90 - ROW) / 60, 0, 1)
    scene = relens.lift(photo, depth=1 / np.where(DISC, leaf, 0.5), reach_m=0.02)
    alpha = inner(scene, scene.layers[0].rgba)[..., 3]
    assert (alpha[(ROW > 85) & (ROW < 110)] > 0).mean() not in (0, 1), "the front layer should end here"
    eye = scene.camera.moved(x_m=shift_px / (FX_PX * NEAR), y_m=shift_px / (FX_PX * NEAR))
    picture = relens.shoot(scene, relens.Lens(50, 32, 1 / NEAR), camera=eye, samples=4, engine="reference")
    np.testing.assert_allclose(picture.linear[(DISTANCE_PX < -4) & (ROW < 84)], 0.2, atol=1e-3)


def ball_behind_a_post():
    """Colours and inverse depth of a green ball on a blue wall, the ball's left half behind a red post; seven names."""
    post = np.abs(COLUMN - 60) < 14
    ball = (np.hypot(ROW - 60, COLUMN - 74) < 24) & ~post
    linear = np.full((HEIGHT_PX, WIDTH_PX, 3), [0.1, 0.2, 0.6])
    linear[ball], linear[post] = [0.1, 0.5, 0.1], [0.6, 0.1, 0.1]
    return linear, np.where(post, 2.0, np.where(ball, 1.2, 0.5)), post, ball


def test_no_light_leaks_where_a_flap_joins_its_wall():
    """A wall that bulges forward on one side and is whole below: cut there, its parts join without a seam."""
    bulge = np.where(COLUMN < 80, np.clip((70 - ROW) / 40, 0, 1), 0)
    photo = photo_of(texture(4, [0.4, 0.4, 0.4]))
    scene = relens.lift(photo, depth=1 / (0.3 + 0.9 * bulge), reach_m=0.3)
    assert len(scene.layers) > 1
    lens = relens.Lens(focal_length_mm=200, f_number=1, focus_distance_m=0.55)
    picture = relens.shoot(scene, lens, samples=16)
    assert picture.coc_px.min() > 20
    assert picture.alpha.min() > 0.995


def test_every_hidden_surface_continues_from_its_own_pixels():
    linear, inverse, post, ball = ball_behind_a_post()
    scene = relens.lift(photo_of(linear), depth=1 / inverse, reach_m=REACH_M)
    front, middle, back = scene.layers
    # Connected things come off whole, in the order in which they cover one another.
    for layer, thing, seen in ((front, post, True), (middle, ball, ~post)):
        off_edge = (np.abs(gaussian_filter(thing.astype(float), 1.5) - 0.5) > 0.45) & seen
        np.testing.assert_allclose(inner(scene, layer.rgba)[off_edge][:, 3], thing[off_edge], atol=0.02)
    hidden_ball = inner(scene, middle.rgba)[..., 3] * post > 0.9
    # It closes behind the post, about as deep as it is wide, and is a ball all over.
    assert 100 < hidden_ball.sum() < ball.sum()
    np.testing.assert_allclose(
        inner(scene, middle.rgba)[hidden_ball][:, :3], [[0.1, 0.5, 0.1]] * hidden_ball.sum(), atol=0.02
    )
    np.testing.assert_allclose(inner(scene, middle.inverse_depth)[hidden_ball], 1.2, rtol=0.02)
    wall = inner(scene, back.rgba)
    np.testing.assert_allclose(
        wall[wall[..., 3] > 0.5][:, :3], [[0.1, 0.2, 0.6]] * int((wall[..., 3] > 0.5).sum()), atol=0.02
    )
    np.testing.assert_allclose(inner(scene, back.inverse_depth)[wall[..., 3] > 0.5], 0.5, rtol=0.02)


def test_a_slanting_wire_of_one_pixel_is_a_layer_of_its_own_colour():
    wire = np.abs((ROW - 60) - 0.6 * (COLUMN - 80)) < 0.55
    alpha = np.clip(1.1 - np.abs((ROW - 60) - 0.6 * (COLUMN - 80)) / 1.1, 0, 1)[..., None]
    linear = alpha * np.array([0.9, 0.8, 0.1]) + (1 - alpha) * np.array([0.1, 0.15, 0.3])
    scene = relens.lift(photo_of(linear), depth=1 / np.where(wire, NEAR, 0.5), reach_m=0.03)
    front, back = scene.layers
    rgba = inner(scene, front.rgba)
    assert (rgba[wire][:, 3] > 0.3).mean() > 0.95 and rgba[..., 3][
        np.abs((ROW - 60) - 0.6 * (COLUMN - 80)) > 4
    ].max() == 0
    np.testing.assert_allclose(
        inner(scene, back.rgba)[..., :3], np.broadcast_to([0.1, 0.15, 0.3], linear.shape), atol=0.02
    )
    straight = rgba[rgba[..., 3] > 0.3]
    np.testing.assert_allclose(np.median(straight[:, :3] / straight[:, 3:], axis=0), [0.9, 0.8, 0.1], atol=0.12)
    np.testing.assert_allclose(composite(scene)[..., :3], linear, atol=2e-3)


def test_pixels_that_fly_between_two_surfaces_join_one_of_them():
    photo, metres = disc_photo()
    inverse = 1 / metres
    # A silhouette one pixel wide at depths between, as bilinear resizing leaves it.
    flying = np.abs(DISTANCE_PX) < 0.6
    inverse[flying] = 1.2
    scene = relens.lift(photo, depth=1 / inverse, reach_m=REACH_M)
    assert len(scene.layers) == 2
    for layer, true in zip(scene.layers, (NEAR, WALL), strict=True):
        visible = inner(scene, layer.rgba)[..., 3] > 0.05
        np.testing.assert_allclose(
            inner(scene, layer.inverse_depth)[visible], np.broadcast_to(true, visible.shape)[visible], rtol=0.05
        )


def test_the_wall_runs_on_under_the_disc_as_far_as_parallax_reaches(disc_scene):
    back = disc_scene.layers[-1]
    reach_px = FX_PX * REACH_M * (NEAR - WALL.min())
    under = DISC & (reach_px > -DISTANCE_PX)
    assert under.sum() > 1000
    np.testing.assert_allclose(inner(disc_scene, back.inverse_depth)[under], WALL[under], rtol=0.03)
    colour = inner(disc_scene, back.rgba)[under]
    # The wall's own colours, none of the disc's: cold, within the wall's range.
    np.testing.assert_allclose(colour[:, :3].mean(axis=0), [0.1, 0.2, 0.5], atol=0.05)
    assert (colour[:, 0] < 0.35).all() and (colour[:, 2] > colour[:, 0]).all()


def test_no_colour_of_the_wall_is_left_in_the_disc(disc_scene):
    rgba = inner(disc_scene, disc_scene.layers[0].rgba)
    visible = rgba[..., 3] > 0.2
    straight = rgba[visible][:, :3] / rgba[visible][:, 3:]
    assert straight[:, 0].min() > 0.45 and straight[:, 2].max() < 0.42


def test_the_nearer_layer_stays_in_front(disc_scene):
    front, back = (inner(disc_scene, layer.inverse_depth) for layer in disc_scene.layers)
    visible = inner(disc_scene, disc_scene.layers[0].rgba)[..., 3] > 0
    assert (front[visible] >= back[visible]).all()


@pytest.mark.parametrize("floor", ["steep", "gentle", "to infinity"])
def test_a_sloping_floor_is_not_cut(floor):
    slope = {"steep": 0.2 + 0.02 * ROW, "gentle": 0.5 + 0.001 * ROW, "to infinity": np.maximum(0.02 * (ROW - 30), 0)}
    with np.errstate(divide="ignore"):
        metres = 1 / slope[floor]
    scene = relens.lift(photo_of(texture(3, 0.5)), depth=metres, reach_m=REACH_M)
    assert len(scene.layers) == 1
    np.testing.assert_allclose(inner(scene, scene.layers[0].inverse_depth), slope[floor], atol=1e-5)
    np.testing.assert_array_equal(inner(scene, scene.layers[0].rgba)[..., :3], texture(3, 0.5))


def test_noise_in_the_depth_is_no_layer():
    noise = np.random.default_rng(4).normal(0, 0.002, (HEIGHT_PX, WIDTH_PX))
    depth = 0.5 + noise
    for row, column in ((20, 30), (60, 90), (100, 40)):
        depth[row : row + 2, column : column + 2] = 3.0  # specks of a few pixels
    scene = relens.lift(photo_of(texture(3, 0.5)), depth=1 / depth, reach_m=REACH_M)
    for layer in scene.layers[:-1]:
        regions, count = label(layer.rgba[..., 3] > 0.5)
        assert all((regions == number).sum() >= 24 for number in range(1, count + 1))
    assert len(scene.layers) == 1


@pytest.mark.parametrize("middle_px", [80, 55], ids=["inside the disc", "across its silhouette"])
def test_three_depths_are_three_layers(middle_px):
    nearest = np.hypot(ROW - 60, COLUMN - middle_px) < 14
    depth = np.where(nearest, 4.0, np.where(DISC, NEAR, 0.5))
    linear = np.where(nearest[..., None], texture(5, 0.8), np.where(DISC[..., None], texture(1, 0.5), texture(2, 0.1)))
    scene = relens.lift(photo_of(linear), depth=1 / depth, reach_m=REACH_M)
    np.testing.assert_allclose(composite(scene)[..., :3], linear, atol=1e-3)
    # The nearest thing's page does not go on as the disc's or the wall's.
    front = next(layer for layer in scene.layers if inner(scene, layer.rgba)[60, middle_px, 3] > 0.5)
    alpha, inverse_depth = inner(scene, front.rgba)[..., 3], inner(scene, front.inverse_depth)
    # Mixed pixels around it continue its own depth; the disc is at 2 per metre, the wall at 0.5.
    others = (alpha > 0.5) & ~nearest & (inverse_depth < 3)
    assert not (others & binary_dilation(nearest, iterations=6)).any()
    assert len(scene.layers) >= 3


def test_a_matte_makes_the_subject_a_layer_of_its_own():
    photo, metres = disc_photo(softness_px=6)
    matte = np.clip(0.5 - DISTANCE_PX / 6, 0, 1).astype(np.float32)
    scene = relens.lift(photo, depth=metres, matte=matte, reach_m=REACH_M)
    subject = [layer for layer in scene.layers if layer.name.startswith("subject")]
    assert subject
    alpha = sum(inner(scene, layer.rgba)[..., 3] for layer in subject)
    np.testing.assert_allclose(alpha, matte, atol=0.05)
    np.testing.assert_allclose(composite(scene)[..., :3], photo.linear, atol=1e-2)


def test_layers_of_one_subject_cover_no_more_than_its_matte():
    """A hand before the body: at the soft outline both are one layer over the other."""
    photo, metres = disc_photo(softness_px=6)
    matte = np.clip(0.5 - DISTANCE_PX / 6, 0, 1).astype(np.float32)
    metres = np.where(DISC & (COLUMN < 70), 0.35, metres)
    scene = relens.lift(photo, depth=metres, matte=matte, reach_m=REACH_M)
    assert len(scene.layers) > 2
    np.testing.assert_allclose(composite(scene)[..., :3], photo.linear, atol=1e-2)


def test_the_photos_transparency_stays():
    photo, metres = disc_photo()
    alpha = np.clip(COLUMN / 40, 0, 1).astype(np.float32)
    scene = relens.lift(photo_of(photo.linear, alpha=alpha), depth=metres, reach_m=REACH_M)
    assert composite(scene)[:, 0, 3].max() < 0.1
    np.testing.assert_allclose(composite(scene)[:, 60:, 3], 1, atol=1e-5)


def test_the_scene_keeps_what_the_photo_knows(disc_scene):
    assert disc_scene.camera.intrinsics.fx_px == FX_PX
    assert "array" in disc_scene.depth_source
    photo, metres = disc_photo()
    k = relens.lift(photo, depth=metres, fx_px=300.0, reach_m=REACH_M).camera.intrinsics
    assert (k.fx_px, k.fy_px, k.source) == (300, 300, "user")


def test_the_scene_knows_how_sure_its_depth_is_on_the_photos_grid():
    photo, metres = disc_photo()
    inverse = (1 / metres).astype(np.float32)
    unsure = np.where(DISC, 0.02, 0.05).astype(np.float32)
    unsure[20:40, 20:40] = np.nan
    unsure[80:84, 20:24] = np.inf
    inverse[100:110, 120:140] = np.nan
    scene = relens.lift(photo, depth=Depth(inverse, "a test", uncertainty=unsure), reach_m=REACH_M)
    unknown = ~np.isfinite(unsure) | np.isnan(inverse)
    assert scene.border_px > 0
    np.testing.assert_array_equal(scene.uncertainty, np.where(unknown, np.nan, unsure).astype(np.float32))


def test_uncertainty_of_a_coarse_depth_is_brought_to_the_photos_size():
    photo, metres = disc_photo()
    inverse = (1 / metres[::4, ::4]).astype(np.float32)
    rising = np.linspace(0.01, 0.05, inverse.shape[1], dtype=np.float32)
    unsure = np.broadcast_to(rising, inverse.shape).copy()
    scene = relens.lift(photo, depth=Depth(inverse, "a test", uncertainty=unsure), reach_m=REACH_M)
    assert scene.uncertainty.shape == (HEIGHT_PX, WIDTH_PX)
    # The map's pixel i spans the photo's 4i to 4i + 3; beyond the middle of the last, it stays.
    middles = (scene.uncertainty[:, 1::4] + scene.uncertainty[:, 2::4]) / 2
    np.testing.assert_allclose(middles[:, 1:-1], np.repeat(unsure[:, 1:-1], 4, axis=0), rtol=1e-4)
    assert relens.lift(photo, depth=metres, reach_m=REACH_M).uncertainty is None


def test_a_lifted_scene_saves_and_loads(disc_scene, tmp_path):
    disc_scene.save(tmp_path / "disc.relens")
    loaded = relens.load_scene(tmp_path / "disc.relens")
    lens = relens.Lens(50, 1.4, 0.5)
    one, other = (relens.shoot(scene, lens, samples=16).linear for scene in (disc_scene, loaded))
    np.testing.assert_allclose(one, other, atol=1e-3)


@pytest.mark.parametrize("reach_m", [0.0, -1.0, 11.0, float("nan"), float("inf")])
def test_reach_out_of_range(reach_m):
    photo, metres = disc_photo()
    with pytest.raises(ValueRangeError, match="reach_m"):
        relens.lift(photo, depth=metres, reach_m=reach_m)


@pytest.mark.parametrize("fx_px", [0.0, -5.0, float("nan"), float("inf")])
def test_focal_length_out_of_range(fx_px):
    photo, metres = disc_photo()
    with pytest.raises(ValueRangeError, match="fx_px"):
        relens.lift(photo, depth=metres, fx_px=fx_px)


def test_a_source_that_knows_the_focal_length_gives_it_but_the_user_knows_best():
    photo, metres = disc_photo()
    known = Intrinsics.centred(300.0, WIDTH_PX, HEIGHT_PX, "network")
    found = replace(relens.Depth.from_metres(metres), intrinsics=known)
    guessed = replace(photo, intrinsics=replace(photo.intrinsics, source="default (60 degrees diagonal)"))
    assert relens.lift(guessed, depth=found).camera.intrinsics == known
    assert relens.lift(guessed, depth=found, fx_px=250.0).camera.intrinsics.fx_px == 250


def test_a_photo_without_depth_says_what_to_do():
    with pytest.raises(RelensError, match="depth"):
        relens.lift(disc_photo()[0])


@pytest.mark.parametrize("metres", [np.full((HEIGHT_PX, WIDTH_PX), np.nan), np.full((HEIGHT_PX, WIDTH_PX), -1.0)])
def test_depth_without_a_known_value(metres):
    with pytest.raises(RelensError, match="depth"):
        relens.lift(disc_photo()[0], depth=metres)


def test_depth_of_another_aspect():
    with pytest.raises(RelensError, match="depth"):
        relens.lift(disc_photo()[0], depth=np.ones((HEIGHT_PX, HEIGHT_PX)))


def test_an_unknown_depth_file(tmp_path):
    with unchecked(), pytest.raises(RelensError, match="missing"):
        relens.lift(disc_photo()[0], depth=any_type(tmp_path / "missing.npz"))


def test_progress_may_interrupt():
    def stop(stage: str, fraction: float) -> None:
        if fraction > 0.1:
            raise KeyboardInterrupt

    photo, metres = disc_photo()
    with pytest.raises(KeyboardInterrupt):
        relens.lift(photo, depth=metres, progress=stop)
