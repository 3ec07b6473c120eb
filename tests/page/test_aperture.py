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
FOCAL_MM, EXPOSURE_EV = 200, -4
# More than half of the widest picture of the lamp, on the photo.
HALF_PX = 32


def test_highlight_is_as_wide_as_the_lens_makes_it(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(640, 480).open(sitter.address.url)
    for f_number in (2.0, 4.0):
        page.look(
            lens={"focal_length_mm": FOCAL_MM, "f_number": f_number, "blades": 0, "cats_eye": 0, "image": None},
            focus=SITTER_M,
            exposure_ev=EXPOSURE_EV,
        )
        picture = page.picture()
        page.screenshot(f"aperture-{f_number:g}")
        fx_px = FX_PX * picture.shape[1] / WIDTH_PX
        expected_px = Lens(FOCAL_MM, f_number, SITTER_M).coc_px(1 / WALL_M, fx_px)
        assert disc_width_px(around(picture, LAMP_PX, HALF_PX)) == pytest.approx(expected_px, abs=0.7)
    assert not page.problems


def test_turning_the_ring_never_flickers(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(640, 480).open(sitter.address.url)
    # Every frame that is drawn, as the mean codes of 4 x 6 parts of the picture.
    page.do(
        """() => {
            const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
            window.parts = [];
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
                parts.push(sums.map((sum, part) => sum / counts[part]));
            });
        }"""
    )
    ring = page.page.get_by_role("slider", name="Aperture").bounding_box()
    x, y = ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    for step in range(1, 25):
        drawn = page.do("() => relens.frames")
        page.page.mouse.move(x + (-9 * step if step <= 16 else 9 * (step - 32)), y)
        page.until(f"relens.frames > {drawn + step % 3}")
    page.page.mouse.up()
    page.screenshot("aperture-turned")
    assert page.state()["view"]["lens"]["f_number"] > 2
    page.until("relens.live.card.full.count >= 12")
    parts = np.array(page.do("() => parts"))
    print(parts.shape, (parts.mean(1)/parts[0].mean()).min(), (parts.mean(1)/parts[0].mean()).max(), (parts/parts[0]).min(0), (parts/parts[0]).max(0))
    assert len(parts) > 24
    lamp = 6 * int(4 * LAMP_PX[1] / 320) + int(6 * LAMP_PX[0] / 480)
    parts = np.delete(parts, lamp, 1)
    assert np.all(np.abs(parts.mean(1) / parts[0].mean() - 1) < 0.02)
    assert np.all(np.abs(parts / parts[0] - 1) < 0.06)


def disc_width_px(codes: np.ndarray) -> float:
    """The diameter of an even disc on an even ground: of the circle as large as what is lighter than halfway."""
    picture = light(codes)[..., 1]
    ground = np.median(picture)
    inside = picture > ground + 0.5 * (picture.max() - ground)
    plateau = np.median(picture[inside])
    return 2 * math.sqrt(np.count_nonzero(picture > (ground + plateau) / 2) / math.pi)
