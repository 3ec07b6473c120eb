"""Two tabs on one scene: no edit is lost, and who comes second is told."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from page_browser import PATIENCE_S, Tab
from page_hands import EndlessShot
from page_painting import PAINT, changed_texels, choose, drag, folder_of, page, same_scene, until_done
from page_scenes import BORDER_PX
from view_server import Running, history_of

from relens.cli.main import main
from relens.photo import srgb_decode

OpenTab = Callable[..., Tab]
SIZE = (720, 360)
OTHER = "#10c030"
SPOT = (240.0, 170.0)


def _painting(tab: OpenTab, running: Running, colour: str) -> Tab:
    """A tab with the brush in its hand."""
    browser = tab(*SIZE).open(running.address.url)
    choose(browser, "Brush", radius_px=9.0, opacity=1.0, colour=colour)
    return browser


def _texel(running: Running, point: tuple[float, float]) -> np.ndarray:
    column, row = (int(at) + BORDER_PX for at in point)
    return page(running.document.now.scene, "subject")[row, column, :3]


def _light(colour: str) -> np.ndarray:
    return srgb_decode(np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]))


def _notice(browser: Tab) -> Any:
    return browser.page.get_by_role("alertdialog")


def test_the_second_stroke_waits_for_a_word_and_goes_on_top(sitter: Running, tab: OpenTab) -> None:
    one, two = (_painting(tab, sitter, colour) for colour in (PAINT, OTHER))
    drag(one, [SPOT, (255, 170)])
    until_done(one, 1)
    assert two.state()["history"]["revision"] == 0
    drag(two, [SPOT, (240, 185)])
    two.until("!document.querySelector('[role=alertdialog]').hidden")
    assert "The brush stroke was not made" in _notice(two).inner_text()
    # The picture and the list show the other tab's stroke already; nothing of this one's is done.
    until_done(two, 1)
    np.testing.assert_allclose(_texel(sitter, SPOT), _light(PAINT), atol=1e-3)
    two.screenshot("two-tabs-conflict")
    two.page.get_by_role("button", name="Do it again").click()
    until_done(two, 2)
    assert _notice(two).is_hidden()
    np.testing.assert_allclose(_texel(sitter, SPOT), _light(OTHER), atol=1e-3)
    np.testing.assert_allclose(_texel(sitter, (254, 170)), _light(PAINT), atol=1e-3)
    # And back: the first tab is the one behind now.
    drag(one, [(225, 150)])
    one.until("!document.querySelector('[role=alertdialog]').hidden")
    until_done(one, 2)
    one.page.get_by_role("button", name="Leave it").click()
    one.until("document.querySelector('[role=alertdialog]').hidden")
    assert sitter.document.now.edits.done == ("paint", "paint")
    # What was left is forgotten, and the tab goes on.
    drag(one, [(225, 190)])
    until_done(one, 3)
    # What the browser itself says of a conflict's status.
    assert all("409" in problem for problem in one.problems + two.problems)


def test_strokes_behind_a_conflict_wait_in_their_order(sitter: Running, tab: OpenTab) -> None:
    one, two = (_painting(tab, sitter, colour) for colour in (PAINT, OTHER))
    before = sitter.document.now.scene
    drag(one, [(225, 150)])
    until_done(one, 1)
    drag(two, [SPOT])
    two.until("!document.querySelector('[role=alertdialog]').hidden")
    drag(two, [(255, 190)])
    assert len(sitter.document.now.edits.done) == 1
    two.page.get_by_role("button", name="Do it again").click()
    until_done(two, 3)
    assert sitter.document.now.edits.done == ("paint",) * 3
    assert (_texel(sitter, (255, 190)) != page(before, "subject")[190 + BORDER_PX, 255 + BORDER_PX, :3]).any()


def test_an_undo_in_conflict_takes_nothing_of_the_other_tab_back(sitter: Running, tab: OpenTab) -> None:
    one, two = (_painting(tab, sitter, colour) for colour in (PAINT, OTHER))
    drag(one, [SPOT])
    until_done(one, 1)
    drag(two, [(225, 150)])
    two.until("!document.querySelector('[role=alertdialog]').hidden")
    two.page.get_by_role("button", name="Do it again").click()
    until_done(two, 2)
    painted = sitter.document.now.scene
    one.page.keyboard.press("Control+z")
    one.until("!document.querySelector('[role=alertdialog]').hidden")
    assert "Undo was not made" in _notice(one).inner_text()
    assert same_scene(sitter.document.now.scene, painted)
    one.page.get_by_role("button", name="Leave it").click()
    assert same_scene(sitter.document.now.scene, painted)


def test_a_closed_tab_frees_its_job(sitter: Running, tab: OpenTab, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tab(*SIZE).open(sitter.address.url)
    endless = EndlessShot(0.5)
    monkeypatch.setattr(sitter.session.shots.studio, "take", endless)
    browser.page.keyboard.press("5")
    browser.page.get_by_role("button", name="Shoot", exact=True).last.click()
    assert endless.began.wait(PATIENCE_S)
    browser.page.close()
    assert endless.ended.wait(PATIENCE_S)
    jobs, end_s = sitter.session.shots.jobs, time.monotonic() + PATIENCE_S
    while jobs.running is not None or jobs.waiting:
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_another_program_s_edit_is_a_conflict_and_stays(sitter: Running, tab: OpenTab) -> None:
    browser = _painting(tab, sitter, PAINT)
    folder = folder_of(sitter)
    words = ["--to", "#c01010", "--layer", "wall", "--brush-px", "100", "100", "--radius-px", "9", "--quiet"]
    assert main(["edit", "paint", str(folder), *words]) == 0
    others = history_of(folder)
    assert changed_texels(sitter.document.now.scene, others.scene, "wall").any()
    drag(browser, [SPOT])
    said = browser.page.get_by_role("alert").filter(has_text="another program changed")
    said.wait_for()
    # Doing it again would not help.
    assert "start relens view again" in said.inner_text() and _notice(browser).is_hidden()
    browser.screenshot("two-tabs-another-program")
    sitter.end()
    sitter.opening.close()
    kept = history_of(folder)
    assert same_scene(kept.scene, others.scene) and [step.name for step in kept.done] == ["paint"]
