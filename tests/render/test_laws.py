"""The laws of rendering (design, section 6), held by every engine. Light runs from 0 to 1 unless a law says otherwise.

| law | tolerance |
|---|---|
| a flat field stays flat to the border | 1e-5 |
| light is conserved for every aperture | 0.2 % of the dot's light |
| a point's disc has the diameter c = fx D |1/z - 1/F| | 3 % of its variance; 0.5 % of its light outside c + 3 px |
| a pupil that shrinks to a point gives the photo | 2e-3 |
| what is in focus is the pinhole's view | 1e-3 |
| no blurred background enters a focused silhouette | 1e-3 |
| the penumbra is the visible part of the pupil | 0.02 |
| half the error costs at most four times the samples | 10 % of the error |
"""

import math

import numpy as np
import pytest
from layer_scenes import (
    BLUE,
    BORDER_PX,
    HEIGHT_PX,
    RED,
    WIDTH_PX,
    grid,
    lens_with_blur,
    photo_of,
    plane,
    rms,
    scene_of,
    texture,
    truth_of,
)  # fmt: skip

from relens.aperture import Aperture
from relens.lens import Lens
from relens.render import shoot

pytestmark = pytest.mark.parametrize("engine", ["reference", "cpu", "cuda", "mesh"])


@pytest.fixture(autouse=True)
def cuda_anywhere(monkeypatch):
    """Where there is no GPU, Warp compiles the very kernels of the GPU for the CPU."""
    pytest.importorskip("warp", reason="the cuda engine needs relens[cuda]")
    pytest.importorskip("open3d", reason="the mesh engine needs relens[mesh]")
    from relens.render import choose, cuda, cuda_device

    device = "cpu" if cuda_device.why_no_gpu() else "cuda:0"
    monkeypatch.setattr(choose, "_cuda", lambda scene: cuda.CudaEngine(scene, device))


APERTURES = {
    "disc": Aperture(),
    "5 blades": Aperture(blades=5, rotation_rad=0.3),
    "7 curved blades": Aperture(blades=7, curvature=0.4),
    "squeezed disc": Aperture(squeeze=2.0),
}
WIDE = Lens(50, 1.4, 2.0)  # blurs infinity into 1.8 px here, 0.5 m into 5.4 px


def dot(light=1000.0, inverse_depth=1.0):
    """One bright texel on black, a little off the middle."""
    colour = np.zeros((HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX, 3), np.float32)
    colour[BORDER_PX + 25, BORDER_PX + 30] = light
    return scene_of(plane("dot", colour, inverse_depth))


def half_plane(edge_px, near=1.0, far=0.25):
    """An opaque red half before blue; the edge runs along a column."""
    _, column = grid()
    return scene_of(plane("near", RED, near, alpha=column < edge_px), plane("far", BLUE, far))


def relief():
    """A smooth surface, one that folds over itself under wide lenses, and a wall behind."""
    row, column = grid()
    hill = 0.6 + 0.3 * np.sin(row / 9) * np.cos(column / 11)
    disc = (row - 24) ** 2 + (column - 30) ** 2 < 12**2
    step = np.where(column < 40, 1.6, 1.0)
    return {
        "hill": scene_of(plane("hill", 0.37, hill)),
        "disc before hill": scene_of(plane("disc", 0.37, 1.5, alpha=disc), plane("hill", 0.37, hill)),
        "soft disc before hill": scene_of(plane("disc", 0.37, 1.5, alpha=0.5 * disc), plane("hill", 0.37, hill)),
        "one page with a step": scene_of(plane("page", 0.37, step)),
    }


@pytest.mark.parametrize("move", [(0, 0, 0), (0.05, -0.03, 0), (-0.02, 0.04, 0.1), (0, 0, -0.2)])
@pytest.mark.parametrize("name", relief())
def test_a_flat_field_stays_flat_to_the_border(engine, name, move):
    scene = relief()[name]
    picture = shoot(scene, WIDE, camera=scene.camera.moved(*move), samples=16, engine=engine)
    np.testing.assert_allclose(picture.linear, 0.37, atol=1e-5)
    np.testing.assert_allclose(picture.alpha, 1, atol=1e-5)


@pytest.mark.parametrize("samples", [8, 64])
@pytest.mark.parametrize("aperture", APERTURES.values(), ids=APERTURES)
def test_light_is_conserved(engine, aperture, samples):
    lens = lens_with_blur(14, 1.0, 0.25, aperture)
    picture = shoot(dot(), lens, samples=samples, engine=engine)
    assert picture.linear.max() < 1000 / 6, "the dot is not blurred"
    np.testing.assert_allclose(picture.linear.sum(axis=(0, 1)), 1000, rtol=2e-3)


@pytest.mark.parametrize("focus_inverse_m", [0.25, 2.5], ids=["behind the focus", "before the focus"])
@pytest.mark.parametrize("squeeze", [1.0, 2.0])
def test_a_point_becomes_a_disc_of_the_circle_of_confusion(engine, squeeze, focus_inverse_m):
    blur_px = 16.0
    lens = lens_with_blur(blur_px, 1.0, focus_inverse_m, Aperture(squeeze=squeeze))
    light = shoot(dot(light=1.0), lens, samples=512, engine=engine).linear[..., 0].astype(np.float64)
    row, column = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    total = light.sum()
    x, y = column - (light * column).sum() / total, row - (light * row).sum() / total
    assert (light * column).sum() / total == pytest.approx(30, abs=0.05)
    assert (light * row).sum() / total == pytest.approx(25, abs=0.05)
    # A disc of diameter c has the variance c^2/16 along each axis; bilinear reading adds 1/6 on average.
    assert (light * x**2).sum() / total - 1 / 6 == pytest.approx((blur_px / squeeze) ** 2 / 16, rel=0.03)
    assert (light * y**2).sum() / total - 1 / 6 == pytest.approx(blur_px**2 / 16, rel=0.03)
    reach = np.hypot(x * squeeze, y)
    assert light[reach > blur_px / 2 + 1.5 * squeeze].sum() < 0.005 * total
    evenly = total / (math.pi / 4 * blur_px**2 / squeeze)
    assert light[reach < blur_px / 2 - 1.5 * squeeze].mean() == pytest.approx(evenly, rel=0.03)


@pytest.mark.parametrize("edge", ["hard", "soft"])
def test_a_pupil_that_shrinks_to_a_point_gives_the_photo(engine, edge):
    row, column = grid()
    distance_px = np.hypot(row - 24, column - 30) - 12
    alpha = distance_px < 0 if edge == "hard" else np.clip(0.5 - distance_px / 4, 0, 1)
    scene = scene_of(
        plane("disc", texture(1, 0), 1.5, alpha=alpha), plane("wall", texture(2, 0), 0.3 + 0.1 * np.sin(column / 20))
    )
    picture = shoot(scene, Lens(5, 128, 2.0), samples=16, engine=engine)
    np.testing.assert_allclose(np.dstack([picture.linear, picture.alpha]), photo_of(scene), atol=2e-3)


@pytest.mark.parametrize("move", [(0, 0, 0), (0.031, -0.02, 0)])
def test_what_is_in_focus_is_the_pinhole_view(engine, move):
    # A focused wall, and a focused disc before a blurred wall away from its silhouette.
    row, column = grid()
    disc = np.hypot(row - 24, column - 30) < 14
    scenes = {
        "wall": (scene_of(plane("wall", texture(3, 0), 0.5)), np.ones((HEIGHT_PX, WIDTH_PX), bool)),
        "disc": (
            scene_of(plane("disc", texture(3, 0), 0.5, alpha=disc), plane("wall", texture(4, 0), 0.05)),
            np.hypot(row - 24, column - 30)[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX] < 9,
        ),
    }
    for scene, focused in scenes.values():
        camera = scene.camera.moved(*move)
        wide = shoot(scene, Lens(50, 1.0, 2.0), camera=camera, samples=64, engine=engine)
        pinhole = shoot(scene, Lens(1, 128, 2.0), camera=camera, samples=1, engine=engine)
        np.testing.assert_allclose(wide.linear[focused], pinhole.linear[focused], atol=1e-3)
        if not any(move):
            np.testing.assert_allclose(wide.linear[focused], photo_of(scene)[focused][:, :3], atol=1e-3)


@pytest.mark.parametrize("samples", [16, 128])
def test_no_blurred_background_enters_a_focused_silhouette(engine, samples):
    row, column = grid()
    distance_px = np.hypot(row - 24, column - 30) - 12
    lens = lens_with_blur(12, 0.1, 1.0)
    for alpha in (distance_px < 0, np.clip(0.5 - distance_px / 3, 0, 1)):
        scene = scene_of(plane("subject", RED, 1.0, alpha=alpha), plane("wall", BLUE, 0.1))
        picture = shoot(scene, lens, samples=samples, engine=engine)
        share = photo_of(scene)[..., 0]
        np.testing.assert_allclose(picture.linear[..., 2], 1 - share, atol=1e-3)
        # Nor does the silhouette lose colour to the blurred wall.
        np.testing.assert_allclose(picture.linear[..., 0], share, atol=1e-3)
        np.testing.assert_allclose(picture.alpha, 1, atol=1e-5)


@pytest.mark.parametrize("focus_inverse_m", [0.25, 0.0, 0.6, 2.0])
def test_a_near_edge_reveals_the_visible_part_of_the_pupil(engine, focus_inverse_m):
    edge_px, blur_px = 31, 16.0
    lens = lens_with_blur(blur_px, 1.0, focus_inverse_m)
    picture = shoot(half_plane(edge_px), lens, samples=256, engine=engine)
    # At x from the edge, the part of the blur disc beyond a chord at distance t radii from its middle is
    # (acos t - t sqrt(1 - t^2)) / pi; it sees the background.
    t = np.clip((edge_px - (np.arange(WIDTH_PX) + 0.5)) / (blur_px / 2), -1, 1)
    visible = (np.arccos(t) - t * np.sqrt(1 - t**2)) / math.pi
    rows = np.broadcast_to(visible, (HEIGHT_PX, WIDTH_PX))
    np.testing.assert_allclose(picture.linear[..., 2], rows, atol=0.02)
    np.testing.assert_allclose(picture.linear[..., 0], 1 - rows, atol=0.02)


@pytest.fixture(scope="module")
def blurred():
    """A textured disc before a textured wall, both out of focus, the lens, and the true picture."""
    row, column = grid()
    disc = np.hypot(row - 24, column - 30) < 10
    scene = scene_of(plane("disc", texture(5), 1.0, alpha=disc), plane("wall", texture(6), 0.2))
    lens = lens_with_blur(18, 1.0, 0.0)
    return scene, lens, truth_of(scene, lens)[..., :3]


@pytest.mark.parametrize("samples", [16, 32])
def test_half_the_error_costs_at_most_four_times_the_samples(engine, samples, blurred):
    scene, lens, truth = blurred

    def error(count):
        return rms([shoot(scene, lens, samples=count, seed=seed, engine=engine).linear - truth for seed in range(3)])

    assert error(4 * samples) <= 1.1 * error(samples) / 2
