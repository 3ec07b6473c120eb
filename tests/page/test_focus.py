"""Click to focus: what was clicked is sharp, and the focus is pulled there."""

from collections.abc import Callable

import numpy as np
import pytest
from page_browser import Tab
from page_pixels import around, grain, shown
from page_scenes import FACE_PX, SITTER_M, WALL_M
from view_server import Running

# Beside the face, on the photo.
WALL_PX = 80, 200
HALF_PX = 40
# The least that inverse depths of a pack differ by, 1/m.
STEP_PER_M = 2e-4
# Of `pullFocus`, and of a screen's frame.
PULL_MS, FRAME_MS = 350, 20


def opened_to_stand_still(page: Tab, running: Running) -> Tab:
    """A tab whose time goes on only by `clock.run_for`, and which keeps every focus that its view has in `noted`."""
    page.page.clock.install()
    page.open(running.address.url)
    page.page.clock.pause_at(page.do("() => Date.now()") + 60_000)
    page.do(
        """() => {
            window.noted = [];
            relens.store.on((state, before) => {
                if (state.view.focus !== before.view.focus) noted.push(state.view.focus);
            });
        }"""
    )
    return page


def test_what_is_clicked_is_sharp(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(640, 540).open(sitter.address.url)
    sharpness = {}
    for name, place in (("wall", WALL_PX), ("face", FACE_PX)):
        page.do("() => { window.before = relens.store.get().view.focus; }")
        page.click(*place)
        page.until("relens.store.get().view.focus !== before && Array.isArray(relens.store.get().view.focus)")
        x, y, z = page.state()["view"]["focus"]
        assert abs(1 / z - 1 / {"face": SITTER_M, "wall": WALL_M}[name]) <= STEP_PER_M
        # The picture's own pixel, to the width of a pixel of the canvas.
        camera = page.do("() => relens.app.info.camera")
        assert camera["fx_px"] * x / z + camera["cx_px"] == pytest.approx(place[0], abs=2)
        assert camera["fy_px"] * y / z + camera["cy_px"] == pytest.approx(place[1], abs=2)
        picture = shown(page)
        page.screenshot(f"focus-{name}")
        sharpness[name] = grain(around(picture, FACE_PX, HALF_PX)), grain(around(picture, WALL_PX, HALF_PX))
    (face_soft, wall_sharp), (face_sharp, wall_soft) = sharpness["wall"], sharpness["face"]
    assert face_sharp > 3 * face_soft and wall_sharp > 3 * wall_soft
    assert face_sharp > 0.1 and wall_sharp > 0.1
    assert not page.problems


def test_focus_is_pulled_slowly_at_both_ends(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = opened_to_stand_still(tab(480, 420), sitter)
    page.click(*WALL_PX)
    for _ in range(0, PULL_MS + 4 * FRAME_MS, FRAME_MS):
        page.page.clock.run_for(FRAME_MS)
    *pulled, last = page.do("() => noted")
    assert last[2] == pytest.approx(WALL_M, abs=2e-3)
    assert len(pulled) >= 10
    inverse = np.array([1 / SITTER_M, *(1 / np.array(pulled)), 1 / last[2]])
    steps = -np.diff(inverse)
    assert np.all(steps > 0)
    middle = steps[len(steps) // 2]
    assert steps[0] < middle / 2 and steps[-1] < middle / 2


def test_focus_jumps_for_people_who_want_less_motion(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = opened_to_stand_still(tab(480, 420, reduced_motion="reduce"), sitter)
    page.click(*WALL_PX)
    page.page.clock.run_for(FRAME_MS)
    (focus,) = page.do("() => noted")
    assert focus[2] == pytest.approx(WALL_M, abs=2e-3)


def test_a_click_beside_the_scene_says_so(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(480, 420).open(sitter.address.url)
    page.look(pose={"yaw_rad": 1.2})
    before = page.state()["view"]["focus"]
    page.click(470, 160)
    page.until("document.body.textContent.includes('There is nothing to focus on here.')")
    assert page.state()["view"]["focus"] == before


def test_a_message_over_the_picture_takes_no_click(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(480, 560).open(sitter.address.url)
    page.do("() => relens.app.say('This is a message of several lines. '.repeat(8))")
    box = page.page.locator(".message:not(:empty)").bounding_box()
    place = page.place(*WALL_PX)[0], box["y"] + 5
    canvas = page.page.locator(".frame canvas").bounding_box()
    assert box["x"] < place[0] < box["x"] + box["width"] and place[1] < canvas["y"] + canvas["height"]
    page.screenshot("focus-message")
    page.page.mouse.click(*place)
    page.until("relens.store.get().view.focus[2] > 3")
