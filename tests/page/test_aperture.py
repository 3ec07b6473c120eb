"""The aperture: a highlight in the background is as wide as the lens makes it, and turning the ring never flickers."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from page_browser import Tab
from page_pixels import around, light
from page_scenes import FX_PX, LAMP_PX, SITTER_M, WALL_M, WIDTH_PX
from view_server import Running

from relens.lens import Lens

# A plain disc of a pupil, and so little exposure that the lamp's picture is not clipped.
FOCAL_MM, EXPOSURE_EV = 200, -7
# Every frame that is drawn, as the mean codes of 4 x 6 parts of the picture.
EVERY_FRAME = """() => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    window.drawn = [];
    relens.live.onFrame(() => {
        const { width, height } = relens.live.canvas;
        [context.canvas.width, context.canvas.height] = [width, height];
        context.drawImage(relens.live.canvas, 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        const [sums, counts] = [new Array(24).fill(0), new Array(24).fill(0)];
        for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) {
            const part = 6 * Math.floor((4 * row) / height) + Math.floor((6 * column) / width);
            sums[part] += data[4 * (row * width + column) + 1];
            counts[part]++;
        }
        drawn.push(sums.map((sum, part) => sum / counts[part]));
    });
}"""
# More than half of the widest picture of the lamp, on the photo.
HALF_PX = 32


def test_highlight_is_as_wide_as_the_lens_makes_it(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(560, 420).open(sitter.address.url)
    for f_number in (2.8, 5.6):
        page.look(
            lens={"focal_length_mm": FOCAL_MM, "f_number": f_number, "blades": 0, "cats_eye": 0, "image": None},
            focus=SITTER_M,
            exposure_ev=EXPOSURE_EV,
        )
        picture = page.picture()
        page.screenshot(f"aperture-{f_number:g}")
        fx_px = FX_PX * picture.shape[1] / WIDTH_PX
        expected_px = Lens(FOCAL_MM, f_number, SITTER_M).coc_px(1 / WALL_M, fx_px)
        disc = around(picture, LAMP_PX, HALF_PX)
        assert disc.max() < 250
        assert disc_width_px(disc) == pytest.approx(expected_px, abs=1)
    assert not page.problems


def test_turning_the_ring_never_flickers(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(560, 420).open(sitter.address.url)
    page.do(EVERY_FRAME)
    ring = page.page.get_by_role("slider", name="Aperture").bounding_box()
    x, y = ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    for step in range(1, 25):
        before = page.do("() => relens.frames")
        # From f/1.4 down, and most of the way back.
        page.page.mouse.move(x + 9 * (-step if step <= 16 else step - 32), y)
        # Now and then long enough for more than a preview.
        page.until(f"relens.frames > {before + step % 4}")
    page.screenshot("aperture-turned")
    page.page.mouse.up()
    page.until("drawn.length > 60")
    parts = np.array(page.do("() => drawn")).reshape(-1, 4, 6)
    assert page.state()["view"]["lens"]["f_number"] != 1.4
    assert np.all(np.abs(parts.mean((1, 2)) / parts[0].mean() - 1) < 0.02)
    # The lamp grows over the parts on the right.
    parts = parts[..., :4]
    assert np.all(np.abs(parts / parts[0] - 1) < 0.04)
    assert not page.problems


def disc_width_px(codes: np.ndarray) -> float:
    """The diameter of an even disc on an even ground: of the circle as large as what is lighter than halfway."""
    picture = light(codes)[..., 1]
    ground = np.median(picture)
    inside = picture > ground + 0.5 * (picture.max() - ground)
    plateau = np.median(picture[inside])
    return 2 * math.sqrt(np.count_nonzero(picture > (ground + plateau) / 2) / math.pi)
