"""The live picture: what the compiled engine makes of the same view."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from page_browser import Tab
from page_scenes import portrait_scene
from view_server import Running

from relens.lens import Lens
from relens.path.view import view_of
from relens.photo.quantise import quantise
from relens.render import shoot
from relens.render.choose import open_engine
from relens.scene import Scene

# Peak signal to noise, display codes: the live picture at convergence and the engine's.
AGREE_DB = 35.0


@pytest.mark.parametrize("name", ["iphone14-portrait", "iphone-xs-portrait"])
def test_live_picture_is_the_engines(name: str, served: Callable[[Scene], Running], tab: Callable[..., Tab]) -> None:
    scene = portrait_scene(name)
    running = served(scene)
    page = tab(640, 560).open(running.address.url)
    engine = open_engine(scene, "cpu")
    subject_m = page.do("() => relens.app.info.subject_m")
    for eye_m, focus_m in (((0, 0, 0), subject_m[2]), ((0.02, -0.01, 0.01), 1.5)):
        page.look(lens={"f_number": 1.4, "focal_length_mm": 85, "blades": 0, "cats_eye": 0}, focus=focus_m,
                  pose={"eye_m": list(eye_m)})  # fmt: skip
        live = page.picture()
        height, width = live.shape[:2]
        view = view_of(scene.camera.intrinsics, (width, height))
        camera = replace(scene.camera, intrinsics=view).moved(*eye_m)
        picture = shoot(engine, Lens(85, 1.4, focus_m), camera=camera, samples=256)
        assert psnr_db(live, quantise(picture.linear, None, 8)) >= AGREE_DB
    page.screenshot(f"picture-{name}")
    assert not page.problems


def psnr_db(one: np.ndarray, other: np.ndarray) -> float:
    """Of 8-bit pictures."""
    return float(10 * np.log10(255**2 / np.mean(np.square(one.astype(np.float64) - other))))
