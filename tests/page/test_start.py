"""A page opens: its first picture, its address, and the size of the scene that window and card ask for."""

from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
from page_browser import Tab
from page_hands import said
from page_pixels import around, shown
from page_scenes import FACE_PX, LAMP_PX
from view_server import Running

from relens.camera import Camera, Intrinsics
from relens.scene import Layer, Scene

# A photo that comes in three sizes, each half as wide as the one before.
WIDTH_PX, HEIGHT_PX, BORDER_PX = 1600, 1000, 32


@cache
def large_scene() -> Scene:
    """A disc half a metre away before a wall at two, larger than a small window needs."""
    size = HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX
    row, column = np.mgrid[0 : size[0], 0 : size[1]] - np.float32(BORDER_PX)
    alpha = np.clip(200 - np.hypot(column - WIDTH_PX / 2, row - HEIGHT_PX / 2), 0, 1).astype(np.float32)
    coarse = np.random.default_rng(2).random((8, 12, 3), np.float32) * 0.5 + 0.1
    wall = np.dstack([cv2.resize(coarse, size[::-1]), np.ones_like(alpha)])
    face = np.dstack([np.full(size, light, np.float32) * alpha for light in (0.5, 0.4, 0.3)] + [alpha])
    layers = (
        Layer("subject", face, np.full(size, 2, np.float32)),
        Layer("wall", wall, np.full(size, 0.5, np.float32)),
    )
    return Scene(Camera(Intrinsics.centred(1600, WIDTH_PX, HEIGHT_PX)), layers, BORDER_PX)


@pytest.fixture
def large(served: Callable[[Scene], Running]) -> Running:
    return served(large_scene())


def asked(page: Tab) -> list[str]:
    """Which sizes of the scene the tab asks for from now on, the smallest with the greatest number."""
    levels: list[str] = []

    def note(request: Any) -> None:
        if "/api/pack/" in request.url:
            levels.append(request.url.rsplit("/", 1)[1])

    page.page.on("request", note)
    return levels


def test_a_page_opens_with_its_picture(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(640, 480).open(sitter.address.url)
    picture = shown(page)
    page.screenshot("start")
    face, wall, lamp = (
        around(picture, place, half).mean((0, 1)) for place, half in ((FACE_PX, 30), ((80, 200), 30), (LAMP_PX, 2))
    )
    assert face[0] > face[2] + 20 and wall[2] > wall[0] + 10 and lamp.min() > 250
    name = page.do("() => relens.app.info.name")
    assert page.page.title() == f"{name} · relens"
    assert page.page.locator("canvas").first.get_attribute("aria-label").startswith(name)
    assert not page.problems


def test_token_leaves_the_address_and_stays_with_the_tab(sitter: Running, tab: Callable[..., Tab]) -> None:
    assert sitter.address.token in sitter.address.url
    page = tab(480, 420).open(f"{sitter.address.url}&f=2.8")
    for _ in range(2):
        assert "token" not in page.page.url and sitter.address.token not in page.page.url
        assert page.state()["view"]["lens"]["f_number"] == 2.8
        assert page.do("() => relens.app.server.mayWrite")
        page.page.reload()
        page.until("!!window.relens && relens.frames > 0")
    stranger = tab(480, 420).open(page.page.url)
    assert not stranger.do("() => relens.app.server.mayWrite")
    assert not page.problems and not stranger.problems


def test_a_small_size_shows_before_the_fitting_one(large: Running, tab: Callable[..., Tab]) -> None:
    page = tab(960, 640)
    levels, held = asked(page), []
    page.page.route("**/api/pack/1", lambda route: held.append(route))
    page.open(large.address.url)
    assert page.do("() => relens.live.level.width_px") == WIDTH_PX // 4
    while not held:
        page.page.wait_for_timeout(50)
    assert levels == ["2", "1"]
    small = shown(page)
    page.screenshot("start-small")
    held[0].continue_()
    page.until(f"relens.live.level.width_px === {WIDTH_PX // 2}")
    fitting = shown(page)
    # The same picture, only finer.
    assert small.shape == fitting.shape and np.abs(small.astype(int) - fitting).mean() < 3
    page.page.keyboard.press("2")
    sizes = f"{WIDTH_PX // 2} \u00d7 {HEIGHT_PX // 2} of {WIDTH_PX} \u00d7 {HEIGHT_PX}"
    page.until(f"document.body.textContent.includes('{sizes}')")
    page.screenshot("start-fitting")
    assert levels == ["2", "1"] and not page.problems


def test_a_larger_window_gets_a_larger_size(large: Running, tab: Callable[..., Tab]) -> None:
    page = tab(480, 420)
    levels = asked(page)
    page.open(large.address.url)
    page.page.set_viewport_size({"width": 800, "height": 600})
    page.until(f"relens.live.level.width_px === {WIDTH_PX // 2}")
    page.page.set_viewport_size({"width": 480, "height": 420})
    page.until("relens.live.canvas.width < 300")
    page.page.set_viewport_size({"width": 800, "height": 600})
    page.until("relens.live.canvas.width > 400")
    assert levels == ["2", "1"] and not page.problems


def test_what_the_card_cannot_hold_is_said(large: Running, tab: Callable[..., Tab]) -> None:
    page = tab(960, 640)
    page.page.add_init_script(
        """
        const asked = WebGL2RenderingContext.prototype.getParameter;
        WebGL2RenderingContext.prototype.getParameter = function (name) {
            return name === this.MAX_TEXTURE_SIZE ? 640 : asked.call(this, name);
        };
        """
    )
    levels = asked(page)
    page.open(large.address.url)
    page.until("document.querySelector('.messages').textContent !== ''")
    expected = f"{WIDTH_PX // 4} x {HEIGHT_PX // 4} of the photo's {WIDTH_PX} x {HEIGHT_PX} pixels."
    assert said(page) == f"This graphics card holds {expected}"
    page.screenshot("start-too-large")
    assert levels == ["2", "1", "2"]
    # It is not tried again.
    width = page.do("() => relens.live.canvas.width")
    page.page.set_viewport_size({"width": 1100, "height": 700})
    page.until(f"relens.live.canvas.width > {width}")
    page.page.wait_for_timeout(500)
    assert levels == ["2", "1", "2"] and page.do("() => relens.live.level.width_px") == WIDTH_PX // 4
    assert not page.problems
