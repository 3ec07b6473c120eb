"""The graphics card takes its memory away, as after a laptop's sleep: the page comes back as it was."""

from collections.abc import Callable

import numpy as np
from page_browser import Tab
from page_hands import said
from page_painting import PAINT, choose, drag
from page_pixels import around, shown
from page_scenes import FACE_PX
from view_server import Running


def lose(page: Tab) -> None:
    """Take the card away, to be given back by `loss.restoreContext()`."""
    page.do(
        """() => {
            window.loss ??= relens.live.canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
            loss.loseContext();
        }"""
    )
    page.until("relens.live.isLost")


def test_a_lost_picture_comes_back(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(480, 420).open(sitter.address.url)
    page.look(lens={"f_number": 4})
    choose(page, "Brush", radius_px=10, colour=PAINT)
    drag(page, [(FACE_PX[0] - 30, FACE_PX[1]), (FACE_PX[0] + 30, FACE_PX[1])])
    page.until("relens.store.get().history.done.length === 1")
    before = page.picture()
    painted = around(before, FACE_PX, 6).mean((0, 1))
    assert painted[2] > painted[0] + 60
    page.look(lens={"f_number": 1.4})
    assert np.abs(shown(page).astype(int) - before).mean() > 3
    lose(page)
    # What is turned meanwhile counts.
    page.look(lens={"f_number": 4})
    drawn = page.do("() => relens.frames")
    state = page.state()
    page.do("() => loss.restoreContext()")
    page.until(f"relens.frames > {drawn}")
    assert "graphics card" in said(page)
    after = page.picture()
    page.screenshot("context-restored")
    assert page.state() == state
    # To the dither, and the pace at which samples were summed.
    assert np.abs(before.astype(int) - after).mean() < 1.5
    assert np.abs(around(before, FACE_PX, 6).mean((0, 1)) - around(after, FACE_PX, 6).mean((0, 1))).max() < 2
    assert not page.problems


def test_the_photo_beside_it_comes_back(portrait: Running, tab: Callable[..., Tab]) -> None:
    page = tab(480, 420).open(portrait.address.url)
    page.page.keyboard.press("c")
    page.until("relens.live.source !== null")
    before = shown(page)
    for _ in range(2):
        drawn = page.do("() => relens.frames")
        lose(page)
        page.do("() => loss.restoreContext()")
        page.until(f"relens.frames > {drawn}")
    after = shown(page)
    page.screenshot("context-restored-compare")
    left = slice(0, before.shape[1] // 2 - 2)
    assert np.abs(before[:, left].astype(int) - after[:, left]).max() <= 1
    assert np.abs(before.astype(int) - after).mean() < 2
    assert not page.problems
