"""Touch up: what the brush does lands where the pointer is, shows, stays, and can be taken back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from page_browser import PATIENCE_S, Tab
from page_painting import (
    PAINT,
    Eye,
    Samples,
    centre_px,
    changed_texels,
    choose,
    colour_at,
    drag,
    edits_sent,
    folder_of,
    leave,
    page,
    same_scene,
    seen_at,
    until_done,
)
from page_scenes import BORDER_PX, SITTER_M, WALL_M, sitter_scene
from view_server import Running, opened

from relens.edit.heal import Heal
from relens.edit.history_file import load_history, save_history
from relens.edit.paint import Paint
from relens.edit.recolour import Recolour
from relens.edit.selection import Where
from relens.photo import srgb_decode
from relens.scene import Scene

OpenTab = Callable[..., Tab]
SIZE = (720, 360)
# A canvas pixel is some 1.4 of the photo's here.
NEAR_PX = 1.0
STROKE = ((215.0, 150.0), (262.0, 178.0))
BESIDE: Eye = (0.06, -0.02, 0.05)
PAINTED = np.array([0x10, 0x30, 0xC0])
# The same in 16 bits, as OpenCV has it.
BLUE_OF_EDITOR = [0xC0 * 257, 0x30 * 257, 0x10 * 257, 65535]


def _opened(tab: OpenTab, running: Running) -> tuple[Tab, Samples]:
    """The page, with a lens that makes any number of samples look the same."""
    page = tab(*SIZE).open(running.address.url)
    page.look(lens={"f_number": 64})
    return page, Samples(page)


def _brush_of(edit: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    """Where the brush of an edit went."""
    return tuple((column, row) for column, row in edit["values"]["where"]["brush_px"])


@pytest.mark.parametrize("eye_m", [(0, 0, 0), BESIDE], ids=["from the photo's place", "from beside"])
def test_a_stroke_lands_on_the_texels_under_the_pointer(
    sitter: Running, tab: OpenTab, tmp_path: Path, eye_m: Eye
) -> None:
    browser = tab(*SIZE).open(sitter.address.url)
    # Out of focus: what is under the pointer is 27 pixels of blur.
    browser.look(lens={"f_number": 1.4}, focus=WALL_M, pose={"eye_m": list(eye_m)})
    before = load_history(folder_of(sitter))
    sent = edits_sent(browser)
    choose(browser, "Brush", radius_px=9.0, opacity=0.8, colour=PAINT)
    drag(browser, [seen_at(point, SITTER_M, eye_m) for point in STROKE])
    until_done(browser, 1)

    points = _brush_of(sent[0])
    np.testing.assert_allclose([points[0], points[-1]], STROKE, atol=NEAR_PX)
    where = Where(layer="subject", brush_px=points, radius_px=9.0, feather_px=9 / 8)
    own = before.do(Paint(PAINT, opacity=0.8, where=where))
    now = sitter.document.now.scene
    assert same_scene(now, own.scene)
    painted = changed_texels(before.scene, now, "subject")
    np.testing.assert_allclose(centre_px(painted, BORDER_PX), np.mean(STROKE, axis=0), atol=NEAR_PX)
    assert not changed_texels(before.scene, now, "wall").any()

    sitter.end()
    sitter.opening.close()
    save_history(own, tmp_path / "own.relens")
    for saved in sorted((tmp_path / "own.relens" / "canonical").iterdir()):
        assert (folder_of(sitter) / "canonical" / saved.name).read_bytes() == saved.read_bytes(), saved.name
    assert not browser.problems


def test_a_stroke_shows_under_the_pointer_and_until_it_is_part_of_the_page(sitter: Running, tab: OpenTab) -> None:
    browser, samples = _opened(tab, sitter)
    held: list[Any] = []
    browser.page.route("**/api/edit", lambda route: held.append(route))
    choose(browser, "Brush", radius_px=12.0, opacity=1.0, colour=PAINT)
    first, second = ((200.0, 150.0), (225.0, 150.0)), ((255.0, 195.0), (280.0, 195.0))

    def shown(name: str | None = None) -> list[bool]:
        samples.at_least(16)
        shot = browser.screenshot(name)
        places = [stroke[0] for stroke in (first, second)] + [((first[1][0] + second[0][0]) / 2, 172.5)]
        return [bool(np.abs(colour_at(browser, shot, place) - PAINTED).max() < 12) for place in places]

    assert shown() == [False, False, False]
    drag(browser, first, lift=False)
    samples.forget()
    assert shown("touch-up-under-the-pointer") == [True, False, False]
    browser.page.mouse.up()
    drag(browser, second)
    leave(browser)
    samples.forget()
    # Both wait, and nothing joins them.
    assert shown("touch-up-two-strokes-wait") == [True, True, False]
    assert len(held) == 1
    # The second is sent once the first is done.
    with browser.page.expect_request("**/api/edit", timeout=1000 * PATIENCE_S):
        held.pop().continue_()
    until_done(browser, 1)
    samples.forget()
    assert shown() == [True, True, False]
    held.pop().continue_()
    until_done(browser, 2)
    samples.forget()
    assert shown("touch-up-two-strokes-done") == [True, True, False]
    assert not browser.problems


def test_the_view_follows_the_paint(sitter: Running, tab: OpenTab) -> None:
    browser, samples = _opened(tab, sitter)
    choose(browser, "Brush", radius_px=10.0, opacity=1.0, colour=PAINT)
    spots = {SITTER_M: (230.0, 170.0), WALL_M: (120.0, 90.0)}
    for depth_m, spot in spots.items():
        drag(browser, [seen_at(spot, depth_m)])
    until_done(browser, 2)
    leave(browser)
    for eye_m in ((0.0, 0.0, 0.0), BESIDE):
        browser.look(pose={"eye_m": list(eye_m)})
        samples.forget()
        samples.at_least(16)
        shot = browser.screenshot(f"touch-up-seen-from-{eye_m[0]:g}")
        for depth_m, spot in spots.items():
            other_m = next(other for other in spots if other != depth_m)
            paint = colour_at(browser, shot, seen_at(spot, depth_m, eye_m))
            np.testing.assert_allclose(paint, PAINTED, atol=12)
            if eye_m == BESIDE:
                elsewhere = colour_at(browser, shot, seen_at(spot, other_m, eye_m))
                assert np.abs(elsewhere - PAINTED).max() > 30
    # With the lens open, paint on the wall is out of focus with the wall.
    browser.look(pose={"eye_m": [0, 0, 0]}, lens={"f_number": 1.4}, focus=SITTER_M)
    samples.forget()
    samples.at_least(24)
    shot = browser.screenshot("touch-up-out-of-focus")
    np.testing.assert_allclose(colour_at(browser, shot, spots[SITTER_M]), PAINTED, atol=12)
    assert np.abs(colour_at(browser, shot, spots[WALL_M]) - PAINTED).max() > 30


def test_paint_survives_a_reload_and_a_restart_and_is_undone_after_it(
    sitter: Running, tab: OpenTab, page_folder: Path
) -> None:
    folder = folder_of(sitter)
    before = load_history(folder).scene
    browser, samples = _opened(tab, sitter)
    choose(browser, "Brush", radius_px=12.0, opacity=1.0, colour=PAINT)
    drag(browser, [(240, 170)])
    until_done(browser, 1)
    leave(browser)
    browser.page.reload()
    browser.until("!!window.relens && relens.frames > 0")
    # The tab has kept the right to write.
    assert browser.do("() => relens.app.server.mayWrite")
    samples = Samples(browser)
    until_done(browser, 1)
    samples.at_least(16)
    np.testing.assert_allclose(colour_at(browser, browser.screenshot(), (240, 170)), PAINTED, atol=12)
    browser.page.close()
    sitter.end()
    sitter.opening.close()
    with Running(opened(folder), page_folder) as again:
        other, samples = _opened(tab, again)
        samples.forget()
        samples.at_least(16)
        np.testing.assert_allclose(colour_at(other, other.screenshot(), (240, 170)), PAINTED, atol=12)
        assert other.state()["history"]["done"] == ["paint"]
        other.page.keyboard.press("Control+z")
        until_done(other, 0, undone=1)
        assert same_scene(again.document.now.scene, before)
        samples.forget()
        samples.at_least(16)
        assert np.abs(colour_at(other, other.screenshot(), (240, 170)) - PAINTED).max() > 30
    assert not other.problems


def test_undo_and_redo_by_keys_and_buttons(sitter: Running, tab: OpenTab) -> None:
    browser, _ = _opened(tab, sitter)
    states = [sitter.document.now.scene]
    choose(browser, "Brush", radius_px=8.0, opacity=1.0, colour=PAINT)
    drag(browser, [(220, 160)])
    until_done(browser, 1)
    states.append(sitter.document.now.scene)
    choose(browser, "Recolour", opacity=0.9)
    drag(browser, [(255, 180)])
    until_done(browser, 2)
    states.append(sitter.document.now.scene)
    undo, redo = (browser.page.get_by_role("button", name=name) for name in ("Undo the last edit", "Redo the edit"))
    edits = browser.page.locator("#panel-touch-up ol.edits li")
    assert undo.is_enabled() and redo.is_disabled()
    assert edits.all_inner_texts() == ["recolour", "paint"]
    undo.click()
    until_done(browser, 1, undone=1)
    assert same_scene(sitter.document.now.scene, states[1])
    browser.page.keyboard.press("Control+z")
    until_done(browser, 0, undone=2)
    assert same_scene(sitter.document.now.scene, states[0]) and undo.is_disabled()
    browser.screenshot("touch-up-undone")
    # Newest first, so that what redo brings stands lowest.
    assert [text.split()[0] for text in edits.all_inner_texts()] == ["recolour", "paint"]
    browser.page.keyboard.press("Control+Shift+Z")
    until_done(browser, 1, undone=1)
    assert same_scene(sitter.document.now.scene, states[1])
    redo.click()
    until_done(browser, 2)
    assert same_scene(sitter.document.now.scene, states[2])
    browser.page.keyboard.press("Control+z")
    browser.page.keyboard.press("Control+y")
    browser.until("relens.store.get().history.revision === 8")
    until_done(browser, 2)
    assert same_scene(sitter.document.now.scene, states[2])
    assert not browser.problems


def test_heal_takes_a_spot_away_and_recolour_changes_the_colour_alone(
    served: Callable[..., Running], tab: OpenTab
) -> None:
    clean = sitter_scene()
    spot = Where(layer="subject", brush_px=((225.0, 165.0),), radius_px=5, feather_px=1)
    running = served(Paint("#100000", where=spot)(clean))
    browser, _ = _opened(tab, running)
    sent = edits_sent(browser)
    spotted = running.document.now.scene
    choose(browser, "Heal", radius_px=11.0)
    drag(browser, [(225, 165)])
    until_done(browser, 1)
    healed = running.document.now.scene
    row, column = np.mgrid[: page(clean, "subject").shape[0], : page(clean, "subject").shape[1]] + 0.5 - BORDER_PX
    away_px = np.hypot(column - 225, row - 165)
    mean = {
        name: page(scene, "subject")[away_px < 4][:, :3].mean()
        for name, scene in (("clean", clean), ("spotted", spotted), ("healed", healed))
    }
    assert mean["spotted"] < 0.1 * mean["clean"] and 0.6 < mean["healed"] / mean["clean"] < 1.6
    where = replace(spot, brush_px=_brush_of(sent[0]), radius_px=11, feather_px=11 / 8)
    assert same_scene(healed, Heal(where=where)(spotted))

    choose(browser, "Recolour", radius_px=10.0, opacity=1.0, colour=PAINT)
    drag(browser, [(265, 190)])
    until_done(browser, 2)
    browser.screenshot("touch-up-healed-and-recoloured")
    blue = running.document.now.scene
    within = np.hypot(column - 265, row - 190) < 6
    old, new = (page(scene, "subject")[within][:, :3] for scene in (healed, blue))
    assert (old[:, 0] > old[:, 2]).all() and (new[:, 2] > new[:, 0]).all()
    where = replace(spot, brush_px=_brush_of(sent[1]), radius_px=10, feather_px=10 / 8)
    assert same_scene(blue, Recolour(PAINT, where=where)(healed))
    # Light and shadow stay: the grain is the same.
    assert np.corrcoef(old.sum(1), new.sum(1))[0, 1] > 0.9
    assert not browser.problems


def test_a_page_is_taken_to_an_editor_and_brought_back(
    served: Callable[..., Running], tab: OpenTab, tmp_path: Path
) -> None:
    running = served(_without_lamp())
    browser, samples = _opened(tab, running)
    before = running.document.now.scene
    browser.page.keyboard.press("4")
    codes = _taken(browser)
    rgba = page(before, "subject")
    assert codes.dtype == np.uint16 and codes.shape == rgba.shape
    solid = rgba[..., 3] == 1
    linear = srgb_decode(codes[solid][:, 2::-1].astype(np.float64) / 65535)
    np.testing.assert_allclose(linear, rgba[solid][:, :3], atol=3e-5)

    square = np.s_[BORDER_PX + 160 : BORDER_PX + 180, BORDER_PX + 230 : BORDER_PX + 250]
    codes[square] = BLUE_OF_EDITOR
    _bring(browser, codes, tmp_path)
    until_done(browser, 1)
    after = running.document.now.scene
    changed = changed_texels(before, after, "subject")
    assert changed[square].all() and changed.sum() == 20 * 20
    expected = srgb_decode(np.array([0x10, 0x30, 0xC0]) / 255)
    brought = page(after, "subject")[square][..., :3]
    np.testing.assert_allclose(brought, np.broadcast_to(expected, brought.shape), atol=3e-5)
    samples.forget()
    samples.at_least(16)
    shot = browser.screenshot("touch-up-imported")
    np.testing.assert_allclose(colour_at(browser, shot, (240, 170)), PAINTED, atol=12)
    # What comes back is what was brought.
    np.testing.assert_array_equal(_taken(browser)[solid], codes[solid])
    assert not browser.problems


def test_a_page_that_has_grown_in_the_editor_shows(
    served: Callable[..., Running], tab: OpenTab, tmp_path: Path
) -> None:
    running = served(_without_lamp())
    browser, samples = _opened(tab, running)
    browser.page.keyboard.press("4")
    codes = _taken(browser)
    # Far from the sitter: past the window that the page knows of this layer.
    codes[BORDER_PX + 40 : BORDER_PX + 70, BORDER_PX + 60 : BORDER_PX + 90] = BLUE_OF_EDITOR
    _bring(browser, codes, tmp_path)
    until_done(browser, 1)
    for eye_m in ((0.0, 0.0, 0.0), BESIDE):
        browser.look(pose={"eye_m": list(eye_m)})
        samples.forget()
        samples.at_least(16)
        shot = browser.screenshot("touch-up-grown")
        np.testing.assert_allclose(colour_at(browser, shot, seen_at((75, 55), SITTER_M, eye_m)), PAINTED, atol=12)
    # What has grown is taken back, and what is behind shows again.
    browser.page.keyboard.press("Control+z")
    until_done(browser, 0, undone=1)
    samples.forget()
    samples.at_least(16)
    behind = colour_at(browser, browser.screenshot(), seen_at((75, 55), SITTER_M, BESIDE))
    assert np.abs(behind - PAINTED).max() > 30
    assert not browser.problems


def _without_lamp() -> Scene:
    """The sitter scene, whose pages' files hold their light as it is: light above 1 would scale them."""
    layers = tuple(replace(layer, rgba=np.minimum(layer.rgba, layer.rgba[..., 3:])) for layer in sitter_scene().layers)
    return replace(sitter_scene(), layers=layers)


def _taken(browser: Tab) -> np.ndarray:
    """The sitter's page, downloaded: blue, green, red, alpha codes."""
    with browser.page.expect_download() as taken:
        browser.page.get_by_role("link", name="Download the page subject").click()
    # As relens edit import has it.
    assert taken.value.suggested_filename == "subject.png"
    return np.asarray(cv2.imread(str(taken.value.path()), cv2.IMREAD_UNCHANGED))


def _bring(browser: Tab, codes: np.ndarray, folder: Path) -> None:
    """Import the sitter's page."""
    cv2.imwrite(str(folder / "edited.png"), codes)
    with browser.page.expect_file_chooser() as chooser:
        browser.page.get_by_role("button", name="Import a PNG as the page subject").click()
    chooser.value.set_files(folder / "edited.png")
