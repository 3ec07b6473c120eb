"""A view that can be shared: in the page's address, and as lines of text."""

from collections.abc import Callable
from typing import Any

import pytest
from page_browser import Tab
from page_hands import said
from view_server import Running

_FAR = {
    "lens": {"f_number": 5.6, "focal_length_mm": 60, "blades": 5, "tilt_deg": 2}, "focus": 2.5, "framing": "lens",
    "pose": {"eye_m": [0.02, -0.01, 0.03], "yaw_rad": 0.05, "zoom": 1.2}, "exposure_ev": -0.5,
}  # fmt: skip


@pytest.fixture
def page(sitter: Running, tab: Callable[..., Tab]) -> Tab:
    """The sitter in a small window that may use the clipboard."""
    page = tab(720, 500, permissions=["clipboard-read", "clipboard-write"])
    return page.open(sitter.address.url)


def test_address_holds_the_view(page: Tab, sitter: Running, tab: Callable[..., Tab]) -> None:
    assert "#" not in page.page.url, "the token is out of the address, and the start needs no values"
    start = page.state()["view"]
    page.page.locator(".presets").get_by_text("50mm-f0.95-11blade").click()
    page.look(**_FAR)
    page.until("location.hash.includes('ev=')")
    address = page.page.url
    assert sitter.address.token not in address
    other = tab(720, 500).open(address)
    same_view(other.state()["view"], page.state()["view"])
    assert other.do("() => relens.app.server.mayWrite") is False, "a shared address gives no right to write"
    page.do("(view) => relens.store.look({ ...view, focus: view.focus })", start)
    page.until("location.hash === ''")
    assert not page.problems + other.problems


def test_only_what_differs_is_in_the_address(page: Tab) -> None:
    page.page.locator(".ring.aperture").press("PageUp")
    page.until("location.hash === '#f=2'")
    page.page.locator(".ring.focus").press("End")
    page.until("location.hash === '#f=2&focus=inf'")
    page.page.reload()
    page.until("!!window.relens && window.relens.frames > 0")
    view = page.state()["view"]
    assert view["lens"]["f_number"] == 2 and view["focus"] is None
    assert page.do("() => relens.app.server.mayWrite"), "the tab keeps its token"
    assert not page.problems


def test_wrong_values_of_an_address_are_left_out(sitter: Running, tab: Callable[..., Tab]) -> None:
    bare = sitter.address.url.split("#")[0]
    page = tab(720, 500).open(f"{bare}#f=many&ev=1&lens=plastic&focus=-2&colour=red&zoom=1e9&mm=85")
    view, line = page.state()["view"], said(page)
    page.screenshot("sharing-wrong")
    assert view["exposure_ev"] == 1 and view["lens"]["f_number"] == 1.4 and view["pose"]["zoom"] == 1
    for wrong in ("many", "plastic", "-2", "colour", "1e9"):
        assert wrong in line
    assert "<" not in line and not page.problems
    markup = tab(720, 500).open(f"{bare}#lens=<img src=x onerror=alert(1)>&%F0%9F=%")
    assert "onerror" in said(markup) and markup.page.locator(".messages img").count() == 0
    assert not markup.problems


def test_back_and_forward(page: Tab) -> None:
    for hash_ in ("#f=4", "#f=8&ev=1"):
        page.do("(hash) => { location.hash = hash; }", hash_)
        page.until(f"relens.store.get().view.lens.f_number === {hash_[3]}")
    page.page.go_back()
    page.until("relens.store.get().view.lens.f_number === 4")
    assert page.state()["view"]["exposure_ev"] == 0
    page.page.go_forward()
    page.until("relens.store.get().view.lens.f_number === 8")
    assert page.state()["view"]["exposure_ev"] == 1
    assert not page.problems


@pytest.mark.parametrize("by", ["buttons", "keys"])
def test_settings_are_copied_and_pasted(page: Tab, sitter: Running, tab: Callable[..., Tab], by: str) -> None:
    def copy() -> None:
        if by == "keys":
            page.page.locator("canvas").first.press("Control+c")
        else:
            page.page.get_by_role("button", name="Copy the settings as text").click()
        page.until("document.querySelector('.messages').textContent.includes('copied')")

    def paste() -> None:
        if by == "keys":
            page.page.locator("canvas").first.press("Control+v")
        else:
            page.page.get_by_role("button", name="Paste settings").click()

    page.look(**_FAR)
    before = page.state()["view"]
    copy()
    text = clipboard(page)
    assert "f_number: 5.6" in text and "eye_m: [0.02, -0.01, 0.03]" in text
    page.look(lens={"f_number": 2, "tilt_deg": 0}, focus=1.0, pose={"eye_m": [0, 0, 0]}, exposure_ev=2)
    paste()
    page.until("document.querySelector('.messages').textContent.includes('pasted')")
    same_view(page.state()["view"], before)

    write_clipboard(page, "f_number: 2\nblades: many\n")
    paste()
    page.until("document.querySelector('.messages').textContent.includes('line 2')")
    assert 'Nothing is pasted: line 2: blades is "many"' in said(page)
    same_view(page.state()["view"], before)
    write_clipboard(page, "Dear diary")
    paste()
    page.until("document.querySelector('.messages').textContent.includes('no settings')")
    same_view(page.state()["view"], before)
    page.screenshot(f"sharing-{by}")
    assert not page.problems


def clipboard(page: Tab) -> str:
    return page.do("() => navigator.clipboard.readText()")


def write_clipboard(page: Tab, text: str) -> None:
    page.do("(text) => navigator.clipboard.writeText(text)", text)


def same_view(one: dict[str, Any], other: dict[str, Any]) -> None:
    """To the digits of an address: six of a number, a tenth of a millimetre, a thousandth of a degree."""
    assert one.keys() == other.keys()
    assert (one["preset"], one["framing"]) == (other["preset"], other["framing"])
    for name, value in other["lens"].items():
        assert one["lens"][name] == (pytest.approx(value, rel=1e-5) if isinstance(value, float) else value)
    assert one["focus"] == pytest.approx(other["focus"], abs=1e-4)
    assert one["exposure_ev"] == pytest.approx(other["exposure_ev"], rel=1e-5)
    for name, value in other["pose"].items():
        assert one["pose"][name] == pytest.approx(value, abs=1e-4 if name == "eye_m" else 2e-5)
