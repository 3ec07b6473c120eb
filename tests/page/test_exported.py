"""The exported page: one file that shows the scene without a server and without a network."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from page_browser import PATIENCE_S, Tab
from page_scenes import FACE_PX, SITTER_M, WALL_M, portrait_scene, sitter_scene
from PIL import Image

from relens.cli.main import main
from relens.lens import Lens
from relens.photo.quantise import quantise
from relens.render import shoot
from relens.scene import Scene

OpenTab = Callable[..., Tab]
SIZE = (720, 330)
# 15 MB for 2.2 megapixels, without the page itself.
PAGE_BYTES, BYTES_PER_PIXEL = 1.0e6, 14e6 / 2.2e6
# Root mean square of the differences: 35 dB.
AGREE_CODES = 4.5


@dataclass(frozen=True)
class Opened:
    """An exported page that has been opened, and the addresses that it asked for."""

    tab: Tab
    asked: list[str]
    file: Path

    def assert_silent(self) -> None:
        """Nothing but the file itself was asked for, and the browser has nothing to complain about."""
        others = [url for url in self.asked if not url.startswith(("blob:", "data:")) and url != self.file.as_uri()]
        assert not others and self.asked and not self.tab.problems


@pytest.fixture
def exported(tab: OpenTab, tmp_path: Path, page_folder: Path) -> Callable[[Scene], Opened]:
    """Exports a scene by the command, and opens the file where there is no network."""

    def export(scene: Scene) -> Opened:
        scene.save(tmp_path / "me.relens")
        assert main(["export", str(tmp_path / "me.relens"), "--html", "--quiet"]) == 0
        browser, asked = tab(*SIZE), list[str]()
        browser.page.context.set_offline(True)
        browser.page.on("request", lambda request: asked.append(request.url))
        return Opened(browser.open((tmp_path / "me.html").as_uri()), asked, tmp_path / "me.html")

    return export


def test_a_click_focuses_and_the_picture_that_is_saved_is_the_engines(exported: Callable[[Scene], Opened]) -> None:
    scene = sitter_scene()
    opened = exported(scene)
    browser = opened.tab
    browser.look(lens={"f_number": 5.6, "focal_length_mm": 85, "blades": 0, "cats_eye": 0}, focus=WALL_M)
    browser.click(*FACE_PX)
    browser.until(f"Math.abs(relens.store.get().view.focus[2] - {SITTER_M}) < 1e-3")
    browser.page.keyboard.press("5")
    with browser.page.expect_download(timeout=1000 * PATIENCE_S) as taken:
        browser.page.get_by_role("button", name="Save the live picture").click()
    assert taken.value.suggested_filename == "me.png"
    with Image.open(taken.value.path()) as image:
        saved = np.asarray(image.convert("RGB"))
    browser.screenshot("exported-saved")
    height, width = saved.shape[:2]
    camera = replace(scene.camera, intrinsics=scene.camera.intrinsics.resized(width, height))
    picture = shoot(scene, Lens(85, 5.6, SITTER_M), camera=camera, samples=256)
    off = saved.astype(float) - quantise(picture.linear, None, 8)
    assert np.sqrt(np.mean(np.square(off))) <= AGREE_CODES
    opened.assert_silent()


def test_a_ready_made_move_plays(exported: Callable[[Scene], Opened]) -> None:
    opened = exported(sitter_scene())
    browser = opened.tab
    browser.page.keyboard.press("3")
    browser.page.get_by_label("Ready-made moves").select_option("orbit")
    browser.until("relens.store.get().path !== null")
    frames = browser.do("() => relens.frames")
    browser.do(
        """() => {
            window.places = new Set();
            relens.store.on(({ view, playing }) => { if (playing) places.add(JSON.stringify(view.pose.eye_m)); });
        }"""
    )
    browser.page.get_by_role("button", name="Play", exact=True).click()
    browser.until("window.places.size >= 5")
    browser.screenshot("exported-move")
    assert browser.do("() => relens.frames") > frames
    browser.page.keyboard.press("Space")
    browser.until("!relens.store.get().playing")
    opened.assert_silent()


def test_it_is_small_and_sealed_and_says_what_it_cannot(exported: Callable[[Scene], Opened]) -> None:
    scene = portrait_scene()
    opened = exported(scene)
    browser = opened.tab
    k = scene.camera.intrinsics
    assert opened.file.stat().st_size < PAGE_BYTES + BYTES_PER_PIXEL * k.width_px * k.height_px
    policy = browser.do("() => document.querySelector('meta[http-equiv=Content-Security-Policy]').content")
    assert re.match(r"default-src 'none'; script-src 'sha256-", policy) and "http" not in policy
    # The policy holds: no script but its own runs, and nothing is fetched.
    browser.do(
        """() => {
            const more = document.createElement("script");
            more.text = "window.broken = 1";
            document.body.append(more);
        }"""
    )
    assert browser.do("() => window.broken") is None
    assert browser.do("() => fetch('data:,x').then(() => 'fetched', () => 'refused')") == "refused"
    assert len(browser.problems) >= 2 and all("Content Security Policy" in problem for problem in browser.problems)
    browser.problems.clear()

    browser.page.keyboard.press("c")
    assert browser.state()["compare"] == 0.5
    browser.screenshot("exported-compare")
    browser.page.keyboard.press("4")
    browser.page.get_by_text("open the scene with relens view to touch it up").wait_for()
    brush = browser.page.get_by_role("radio", name="Brush")
    assert brush.get_attribute("aria-disabled") == "true"
    browser.page.keyboard.press("5")
    browser.page.get_by_text("Full quality needs relens").wait_for()
    opened.assert_silent()
