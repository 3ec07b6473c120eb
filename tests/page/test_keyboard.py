"""Without a pointer: everything can be reached, seen to have the focus, and used."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from page_browser import Tab
from page_hands import focus_m
from page_scenes import SITTER_M, WALL_M
from view_server import Running

# What has the keyboard: its name, where it is, whether that can be seen, and the part of the page that it is in.
_FOCUSED = """() => {
    const one = document.activeElement;
    if (one === document.body || one === null) return null;
    const box = one.getBoundingClientRect();
    const shown = one.matches(".compare") ? one.querySelector(".compare-handle") : one;
    const style = getComputedStyle(shown);
    const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const parts = ["header", "stage", "barrel", "side", "panel-header", "timeline-tools", "timeline-track",
        "keyframe-editor"];
    window.marked ??= new Map();
    if (!window.marked.has(one)) window.marked.set(one, window.marked.size);
    return {
        id: window.marked.get(one),
        name: one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent,
        part: parts.findIndex((name) => one.closest("." + name) !== null || one.closest("#panel-" + name) !== null),
        top: box.top, bottom: box.bottom, left: box.left,
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        covered: style.pointerEvents !== "none" && !(over !== null
            && (one.contains(over) || over.contains(one) || over.closest("label")?.control === one)),
    };
}"""
# All that could have it, but for the unchosen of radio groups, which arrow keys reach.
_REACHABLE = """() => [
    ...document.querySelectorAll("button, input, select, textarea, a[href], [tabindex='0']")
].filter((one) =>
    !one.disabled && one.tabIndex === 0 && one.checkVisibility() && one.closest("dialog") === null).length"""


@pytest.fixture
def page(sitter: Running, tab: Callable[..., Tab]) -> Tab:
    """The sitter on a desk."""
    return tab(900, 720).open(sitter.address.url)


def test_tab_reaches_everything_in_reading_order(page: Tab) -> None:
    page.page.keyboard.press("3")
    page.page.keyboard.press("k")
    page.page.keyboard.press("k")
    page.do("() => relens.store.set({ keyframe: 0 })")
    page.page.keyboard.press("Tab")
    walked: list[dict[str, Any]] = []
    while (now := page.do(_FOCUSED)) and (not walked or now["id"] != walked[0]["id"]):
        assert len(walked) < 100
        walked.append(now)
        page.page.keyboard.press("Tab")
    names = [each["name"] for each in walked]
    assert len(walked) == page.do(_REACHABLE), names
    assert all(each["name"].strip() for each in walked)
    assert [each["name"] for each in walked if not each["ring"]] == []
    assert [each["name"] for each in walked if each["covered"]] == []
    parts = [each["part"] for each in walked]
    assert parts == sorted(parts) and parts[0] == 0, list(zip(names, parts, strict=True))
    for before, after in pairwise(walked):
        is_beside = after["left"] > before["left"] and after["bottom"] > before["top"]
        moved_on = after["part"] != before["part"] or after["top"] >= before["bottom"] - 1 or is_beside
        # What lies over the picture follows it, and the panel has scrolled.
        assert moved_on or before["part"] in (1, 3), (before["name"], after["name"])
    page.page.locator(".ring.aperture").focus()
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Shift+Tab")
    page.screenshot("keyboard-ring")
    assert not page.problems


def test_rings_turn_by_keys(page: Tab) -> None:
    aperture, focus = page.page.locator(".ring.aperture"), page.page.locator(".ring.focus")
    aperture.focus()
    for key, f_number, words in (
        ("ArrowRight", 1.6, "f/1.6"), ("ArrowUp", 1.8, "f/1.8"), ("PageUp", 2.5, "f/2.5"), ("ArrowLeft", 2.2, "f/2.2"),
        ("Home", 0.5, "f/0.5"), ("End", 128, "f/128"),
    ):  # fmt: skip
        aperture.press(key)
        assert page.state()["view"]["lens"]["f_number"] == f_number
        assert aperture.get_attribute("aria-valuetext") == words
    focus.focus()
    before_m = focus_m(page)
    focus.press("ArrowLeft")
    nearer_m = focus_m(page)
    assert nearer_m < before_m
    focus.press("PageUp")
    assert focus_m(page) > before_m
    focus.press("End")
    assert focus_m(page) is None
    assert focus.get_attribute("aria-valuetext").startswith("focus infinity, sharp from ")
    # The same from anywhere on the page.
    page.page.locator("canvas").first.focus()
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("[")
    assert page.state()["view"]["lens"]["f_number"] == 114
    assert not page.problems


def test_focus_on_a_place_by_keys(page: Tab) -> None:
    canvas = page.page.locator("canvas").first
    page.look(focus=2.0)
    canvas.focus()
    canvas.press("Enter")
    page.until(f"relens.store.get().view.focus[2] > {SITTER_M - 0.01}")
    assert focus_m(page) == pytest.approx(SITTER_M, rel=1e-3)
    # Up and to the left of the face is the wall.
    for key in ("Shift+ArrowLeft",) * 4 + ("Shift+ArrowUp",) * 2 + ("ArrowUp",) * 2:
        canvas.press(key)
    assert page.page.locator(".focus-mark").is_visible()
    page.screenshot("keyboard-mark")
    canvas.press("Enter")
    page.until(f"relens.store.get().view.focus[2] > {WALL_M - 0.05}")
    assert focus_m(page) == pytest.approx(WALL_M, rel=1e-3)
    canvas.press("Escape")
    assert page.page.locator(".focus-mark").is_hidden()
    assert not page.problems


def test_panels_keyframes_and_playing(page: Tab) -> None:
    press = page.page.keyboard.press
    for key, name in (("2", "look"), ("4", "touch-up"), ("5", "shoot"), ("1", "lens")):
        press(key)
        assert page.state()["open"] == [name] and page.page.locator(f"#panel-{name}").is_visible()
    press("3")
    assert page.state()["open"] == ["lens", "timeline"]
    press("k")
    press("]")
    press("k")
    assert [keyframe["f_number"] for keyframe in page.state()["path"]["keyframes"]] == [1.4, 1.6]
    press(" ")
    page.until("relens.store.get().playing && relens.store.get().time_s > 0.1")
    press(" ")
    assert not page.state()["playing"]
    for key in ("3", "1"):
        press(key)
    assert page.state()["open"] == []
    assert not page.problems


def test_help_opens_and_gives_the_focus_back(page: Tab) -> None:
    ring, dialog = page.page.locator(".ring.aperture"), page.page.locator("dialog.help")
    ring.focus()
    ring.press("?")
    assert dialog.is_visible()
    page.screenshot("keyboard-help")
    assert page.do("() => document.activeElement.closest('dialog') !== null"), "the dialog has the keyboard"
    before = page.state()["view"]
    page.page.keyboard.press("]")
    assert page.state()["view"] == before, "keys stay within the dialog"
    page.page.keyboard.press("Escape")
    # The browser closes it, and tells the page a little later.
    page.until("!relens.store.get().open.includes('help')")
    assert dialog.is_hidden() and page.state()["open"] == ["lens"]
    assert page.do("() => document.activeElement.classList.contains('aperture')")
    ring.press("?")
    page.page.get_by_role("button", name="Close the help").press("Enter")
    assert dialog.is_hidden()
    assert page.do("() => document.activeElement.classList.contains('aperture')")
    assert not page.problems


def test_inputs_keep_their_keys(page: Tab) -> None:
    page.page.keyboard.press("3")
    page.page.keyboard.press("k")
    page.do("() => relens.store.set({ keyframe: 0 })")
    before = page.state()
    field = page.page.locator(".keyframe-editor").get_by_label("Focus", exact=True)
    field.fill("")
    field.type("wasd 0123 [] k?o")
    assert field.input_value() == "wasd 0123 [] k?o"
    assert page.state() == before
    field.fill("2")
    select = page.page.locator(".keyframe-editor").get_by_label("Ease", exact=True)
    page.page.get_by_label("Ready-made moves").focus()
    page.page.keyboard.press("b")
    assert page.state()["tool"] == "focus" and select.is_visible()
    # A button answers to Space itself, and a slider to its arrows.
    tab = page.page.get_by_role("button", name="Look", exact=True)
    tab.focus()
    tab.press(" ")
    assert page.state()["open"] == ["timeline", "look"] and not page.state()["playing"]
    page.do("() => relens.store.set({ open: ['lens'] })")
    slider = page.page.get_by_role("slider", name="Exposure", exact=True)
    slider.focus()
    slider.press("ArrowRight")
    state = page.state()["view"]
    assert state["exposure_ev"] == pytest.approx(0.1) and state["lens"] == before["view"]["lens"]
    assert not page.problems
