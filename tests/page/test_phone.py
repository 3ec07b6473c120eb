"""On a phone: fingers on the picture, panels as sheets, everything large enough to hit, nothing past the edge."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from page_browser import Tab
from page_hands import PHONE, Fingers, focus_m, middle
from page_scenes import FACE_PX, SITTER_M, WALL_M
from view_server import Running

SIZES = ((390, 844), (360, 740), (844, 390))
PANELS = ("Lens", "Look", "Path", "Touch up", "Shoot")
WALL_PX = (60, 60)

# Whatever can be pressed and is smaller than a finger; a label counts as a part of what it labels.
_SMALL = """() => {
    const found = [];
    for (const one of document.querySelectorAll("button, input, select, textarea, a[href], [role=slider]")) {
        if (!one.checkVisibility() || one.matches(".compare")) continue;
        const box = (one.matches(".switch > input") ? one.parentElement : one).getBoundingClientRect();
        const [width, height] = [Math.round(box.width), Math.round(box.height)];
        const name = one.getAttribute("aria-label") ?? one.textContent;
        if (width < 40 || height < 40) found.push(`${name} ${width}x${height}`);
    }
    return found;
}"""
# What sticks out of the page to the side.
_OUTSIDE = """() => {
    scrollTo(50, 50);
    const moved = scrollX + scrollY + document.scrollingElement.scrollWidth - innerWidth;
    const all = document.querySelectorAll("button, input, select, p, h2, .readout, .limit, .ring");
    const out = [...all].filter((one) => {
        const box = one.getBoundingClientRect();
        const isOut = box.left < -0.5 || box.right > innerWidth + 0.5;
        return one.checkVisibility() && !one.closest(".presets") && box.width > 1 && isOut;
    });
    return [moved, ...out.map((one) => one.className + one.textContent)];
}"""


@pytest.fixture
def phone(sitter: Running, tab: Callable[..., Tab]) -> Tab:
    """The sitter on a phone, coarsely drawn."""
    return tab(390, 844, **{**PHONE, "device_scale_factor": 1}).open(sitter.address.url)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_everything_fits_and_can_be_hit(size: tuple[int, int], sitter: Running, tab: Callable[..., Tab]) -> None:
    # Twice as fine in one size, for the look of it; more would only be drawn more slowly.
    fine = 2 if size == SIZES[0] else 1
    page = tab(*size, **{**PHONE, "device_scale_factor": fine}).open(sitter.address.url)
    name = f"phone-{size[0]}"
    assert page.state()["open"] == []
    page.screenshot(name)
    check_fits(page)
    picture = page.page.locator("canvas").first.bounding_box()
    assert picture["width"] * picture["height"] > 0.2 * size[0] * size[1], "the picture is what the page is for"
    touch = Fingers(page)
    for text in PANELS:
        open_panel(page, touch, text)
        panel = page.page.locator(".panel:visible")
        assert panel.count() == 1
        if text == "Path":
            add_keyframe(page, touch, 1)
        page.screenshot(f"{name}-{text.lower().replace(' ', '-')}")
        check_fits(page)
        sheet, shown = panel.bounding_box(), page.page.locator("canvas").first.bounding_box()
        assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= size[0] + 0.5
        beside = sheet["x"] >= shown["x"] + shown["width"] or sheet["y"] >= shown["y"] + shown["height"]
        assert beside, "the sheet leaves the picture in view"
        assert shown["height"] > 0.25 * size[1]
    touch.tap(middle(page, ".panel:visible .panel-header button"))
    page.until("relens.store.get().open.length === 0")
    assert page.state()["open"] == [] and page.page.locator(".barrel").is_visible()
    assert not page.problems


def test_one_finger_focuses_and_focus_follows_it(phone: Tab) -> None:
    touch = Fingers(phone)
    touch.tap(phone.place(*WALL_PX))
    phone.until(f"relens.store.get().view.focus[2] > {0.99 * WALL_M}")
    touch.tap(phone.place(*FACE_PX))
    phone.until(f"relens.store.get().view.focus[2] < {1.01 * SITTER_M}")
    assert focus_m(phone) == pytest.approx(SITTER_M, rel=1e-3)
    touch.down(phone.place(*WALL_PX))
    phone.until(f"relens.store.get().view.focus[2] > {0.99 * WALL_M}")
    for part in np.linspace(0, 1, 6):
        touch.move(phone.place(*(np.array(WALL_PX) + part * (np.array(FACE_PX) - WALL_PX))))
    phone.until(f"relens.store.get().view.focus[2] < {1.01 * SITTER_M}")
    touch.up()
    assert focus_m(phone) == pytest.approx(SITTER_M, rel=1e-3)
    assert phone.state()["view"]["pose"]["eye_m"] == [0, 0, 0], "one finger does not look around"
    assert not phone.problems


def test_pinch_turns_the_aperture(phone: Tab) -> None:
    touch, (x, y) = Fingers(phone), middle(phone, "canvas")
    phone.look(lens={"f_number": 4})
    before = phone.state()["view"]
    touch.glide(((x - 40, y), (x + 40, y)), ((x - 80, y), (x + 80, y)))
    # Twice as far apart is two stops, however the fingers began.
    assert phone.state()["view"]["lens"]["f_number"] == pytest.approx(2, rel=0.13)
    touch.glide(((x - 100, y), (x + 100, y)), ((x - 25, y), (x + 25, y)))
    assert phone.state()["view"]["lens"]["f_number"] == pytest.approx(8, rel=0.13)
    after = phone.state()["view"]
    assert after["pose"] == before["pose"] and after["focus"] == before["focus"]
    assert not phone.problems


def test_two_fingers_look_around(phone: Tab) -> None:
    phone.until("relens.app.safe() !== null")
    touch, (x, y) = Fingers(phone), middle(phone, "canvas")
    before = phone.state()["view"]
    touch.glide(((x - 40, y), (x + 40, y)), ((x + 40, y), (x + 120, y)))
    after = phone.state()["view"]
    assert after["pose"]["eye_m"][0] < -0.02, "the near part of the scene follows the fingers"
    assert after["focus"] == before["focus"] and after["lens"] == before["lens"]
    assert not phone.problems


def test_rings_and_timeline_under_a_finger(phone: Tab) -> None:
    touch = Fingers(phone)
    x, y = middle(phone, ".ring.aperture")
    touch.drag((x, y), (x - 60, y))
    assert phone.state()["view"]["lens"]["f_number"] > 1.6
    open_panel(phone, touch, "Path")
    add_keyframe(phone, touch, 1)
    phone.look(lens={"f_number": 8})
    add_keyframe(phone, touch, 2)
    track = phone.page.locator(".timeline-track").bounding_box()
    start = middle(phone, ".diamond[aria-label^='Keyframe 2']")
    touch.drag(start, (start[0] + track["width"] / 5, start[1]))
    assert keyframe_times_s(phone) == pytest.approx([0, 3], abs=0.05)
    # The playhead goes where the finger is.
    touch.drag((track["x"] + 5, track["y"] + 8), (track["x"] + 0.4 * track["width"], track["y"] + 8))
    assert phone.state()["time_s"] == pytest.approx(2, abs=0.05)
    phone.screenshot("phone-timeline")
    touch.tap(middle(phone, ".timeline-part.play button"))
    phone.until("!relens.store.get().playing && relens.store.get().time_s > 2.9")
    assert phone.state()["view"]["lens"]["f_number"] == pytest.approx(8)
    assert not phone.problems


def open_panel(page: Tab, touch: Fingers, text: str) -> None:
    touch.tap_until(
        f".tab:has-text('{text}')", f"document.querySelector('.panel:not([hidden])')?.ariaLabel === '{text}'"
    )


def add_keyframe(page: Tab, touch: Fingers, count: int) -> None:
    touch.tap_until(".timeline-part.keys button", f"relens.store.get().path?.keyframes.length === {count}")


def keyframe_times_s(phone: Tab) -> list[Any]:
    return [keyframe["at_s"] for keyframe in phone.state()["path"]["keyframes"]]


def check_fits(page: Tab) -> None:
    assert page.do(_SMALL) == []
    assert page.do(_OUTSIDE) == [0]
