"""Readable by everybody: names and values for screen readers, contrast, less motion, a page at 200 %."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from page_browser import Tab
from page_hands import PHONE, said
from page_scenes import SITTER_M
from view_server import Running

PANELS = ("lens", "look", "timeline", "touch-up", "shoot", "help")
_CONTROLS = {
    "button", "slider", "radio", "switch", "checkbox", "textbox", "spinbutton", "combobox", "link", "application",
    "dialog",
    "progressbar", "image", "img", "radiogroup", "toolbar", "group", "region", "navigation", "complementary",
    "ColorWell",
}  # fmt: skip
AA = 4.5

# Visible text with its colour and what lies behind it, as the page has them: [text, ratio] for each.
_CONTRASTS = """() => {
    const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        probe.clearRect(0, 0, 1, 1);
        probe.fillStyle = colour;
        probe.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
    const behind = (one) => {
        const layers = [];
        for (let each = one; each !== null; each = each.parentElement) {
            layers.push(rgba(getComputedStyle(each).backgroundColor));
        }
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    };
    const luminance = (colour) => {
        const [r, g, b] = colour.map((value) => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, other) => {
        const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const found = [];
    const opacity = (one) => {
        let all = 1;
        for (let each = one; each !== null; each = each.parentElement) all *= Number(getComputedStyle(each).opacity);
        return all;
    };
    const look = (one, text, colour) => {
        // What is off says so by being faint; words over the picture have an edge of their own.
        const isOff = one.closest(":disabled, [aria-disabled=true]") !== null && opacity(one) < 1;
        if (text === "" || isOff || !one.checkVisibility()) return;
        if (one.closest(".compare") || one.closest(".hidden-text")) return;
        const base = behind(one);
        const [r, g, b, a] = rgba(colour);
        found.push([text, ratio(over([r, g, b, a * opacity(one)], base), base)]);
    };
    for (const one of document.querySelectorAll("body *")) {
        if (one instanceof SVGElement && one.tagName !== "text") continue;
        const texts = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
        const own = texts.map((node) => node.data.trim()).join("");
        const style = getComputedStyle(one);
        look(one, own, one instanceof SVGElement ? style.fill : style.color);
        if (one.matches("input, select")) look(one, one.value, style.color);
        if (one.placeholder) look(one, one.placeholder, getComputedStyle(one, "::placeholder").color);
    }
    return found;
}"""


@pytest.fixture
def page(sitter: Running, tab: Callable[..., Tab]) -> Tab:
    """The sitter, with two keyframes."""
    return with_path(tab(900, 720).open(sitter.address.url))


def test_every_control_has_a_name(page: Tab) -> None:
    for panel in PANELS:
        page.do("(panel) => relens.store.set({ open: [panel], tool: 'brush' })", panel)
        nodes = accessible(page)
        nameless = [node["role"] for node in nodes if node["role"] in _CONTROLS and not node["name"].strip()]
        assert not nameless, (panel, nameless)
        assert len([node for node in nodes if node["role"] == "button"]) > (0 if panel == "help" else 8)
    # Who speaks to the page says what is written on a button.
    page.do("() => relens.store.set({ open: ['lens', 'timeline'] })")
    unlike = page.do(
        """() => [...document.querySelectorAll("button[aria-label], a[aria-label]")]
            .filter((one) => one.textContent !== ""
            && !one.getAttribute("aria-label").toLowerCase().includes(one.textContent.toLowerCase()))
            .map((one) => one.textContent)"""
    )
    assert unlike == []
    assert page.do("() => document.documentElement.lang") == "en" and "relens" in page.page.title()
    assert not page.problems


def test_rings_and_sliders_say_their_values(portrait: Running, tab: Callable[..., Tab]) -> None:
    page = with_path(tab(900, 500).open(portrait.address.url))
    page.do("() => relens.store.set({ open: ['lens'], compare: 0.25 })")
    page.look(lens={"f_number": 2, "focal_length_mm": 85}, focus=1.0)
    words = {name: slider(page, name).get_attribute("aria-valuetext") for name in ("Focus", "Aperture", "Focal length")}
    assert re.fullmatch(r"focus 1\.00 m, sharp from .+ to .+ m", words["Focus"])
    assert words["Aperture"] == "f/2" and words["Focal length"] == "85 millimetres"
    assert slider(page, "Blades").get_attribute("aria-valuetext") == "9"
    compared = slider(page, "Part of the picture that shows the photo")
    assert compared.get_attribute("aria-valuetext") == "25 % photo"
    values = {node["name"]: node.get("value") for node in accessible(page) if node["role"] == "slider"}
    assert values["Aperture"] == pytest.approx(2)
    page.look(lens={"f_number": 4})
    assert slider(page, "Aperture").get_attribute("aria-valuetext") == "f/4"
    for one in page.page.locator("[role=slider]").all():
        low, now, high = (float(one.get_attribute(f"aria-value{name}") or "nan") for name in ("min", "now", "max"))
        assert low <= now <= high
    page.do("() => relens.store.set({ open: ['timeline'] })")
    assert slider(page, "Playhead").get_attribute("aria-valuetext") == "0:04.00"
    assert page.page.locator(".diamond").nth(1).get_attribute("aria-label") == "Keyframe 2 of 2 at 0:02.00"
    assert not page.problems


def test_messages_are_read_out_and_values_are_not(page: Tab) -> None:
    page.do("() => { relens.app.say(''); relens.store.set({ open: ['lens', 'timeline'] }); }")
    page.do(
        """() => {
            window.heard = [];
            const live = [...document.querySelectorAll("output, [role=status], [role=alert], [aria-live]")]
                .filter((one) => (one.getAttribute("aria-live") ?? "polite") !== "off");
            const ear = new MutationObserver((changes) => {
                window.heard.push(...changes.map(({ target }) => target.textContent));
            });
            for (const one of live) ear.observe(one, { childList: true, characterData: true, subtree: true });
        }"""
    )
    page.look(lens={"f_number": 2.8, "blades": 5})
    page.page.locator("canvas").first.press(" ")
    page.until("relens.store.get().time_s > 0.5 && relens.store.get().time_s < 2")
    assert page.do("() => window.heard") == [], "neither a playing path nor a turned ring is read out all the time"
    page.do("() => { relens.app.say('A note.'); }")
    assert page.page.get_by_role("status").filter(has_text="A note.").is_visible()
    page.do("() => { relens.app.say('It failed.', 'wrong'); }")
    assert page.page.get_by_role("alert").filter(has_text="It failed.").is_visible()
    assert said(page) == "It failed."
    assert not page.problems


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desk", "phone"])
def test_contrast(theme: str, device: str, sitter: Running, tab: Callable[..., Tab]) -> None:
    options = {"color_scheme": theme, **({**PHONE, "device_scale_factor": 1} if device == "phone" else {})}
    size = (390, 844) if device == "phone" else (900, 720)
    page = with_path(tab(*size, **options).open(sitter.address.url))
    page.do("() => { relens.app.say('A note.'); }")
    for panel in PANELS:
        page.do("(panel) => relens.store.set({ open: [panel], tool: 'brush', keyframe: 1 })", panel)
        page.do("() => new Promise((done) => { setTimeout(done, 200); })")
        found = page.do(_CONTRASTS)
        assert len(found) > 15
        faint = [(text, round(ratio, 2)) for text, ratio in found if ratio < AA]
        assert faint == [], panel
        page.do("() => { relens.app.say('It failed.', 'wrong'); }")
    page.screenshot(f"contrast-{device}-{theme}")
    assert not page.problems


def test_a_theme_outlasts_the_page(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(900, 500, color_scheme="dark").open(sitter.address.url)
    dark = background(page)
    page.page.keyboard.press("2")
    page.page.get_by_role("radio", name="Light", exact=True).click()
    assert background(page) != dark
    page.page.reload()
    page.until("!!window.relens && window.relens.frames > 0")
    assert page.state()["theme"] == "light" and background(page) != dark
    page.page.keyboard.press("2")
    page.page.get_by_role("radio", name="Auto", exact=True).click()
    page.page.reload()
    page.until("!!window.relens && window.relens.frames > 0")
    assert page.state()["theme"] == "auto" and background(page) == dark
    assert not page.problems


def test_a_browser_without_storage(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(640, 400)
    page.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no storage'); } })"
    )
    page.open(sitter.address.url)
    page.do("() => relens.store.set({ theme: 'light' })")
    assert page.do("() => document.documentElement.dataset.theme") == "light"
    assert not page.problems


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_less_motion_where_it_is_asked_for(motion: str, sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(640, 400, reduced_motion=motion).open(sitter.address.url)
    page.look(focus=3.0, pose={"eye_m": [0.01, 0, 0]})
    # What shows at once, before any time for an eased way has passed.
    at_once = """(key) => {
        const canvas = document.querySelector("canvas");
        canvas.focus();
        canvas.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        return relens.store.get().view;
    }"""
    pulled, home = page.do(at_once, "Enter")["focus"], page.do(at_once, "0")["pose"]["eye_m"]
    flashes = page.page.locator(".focus-mark").evaluate("(one) => one.getAnimations().length")
    if motion == "reduce":
        assert pulled[2] == pytest.approx(SITTER_M, rel=1e-3) and home == [0, 0, 0] and flashes == 0
    else:
        assert pulled == 3.0 and home == [0.01, 0, 0] and flashes == 1
    page.until(f"relens.store.get().view.focus[2] < {1.01 * SITTER_M}")
    page.until("relens.store.get().view.pose.eye_m[0] === 0")
    assert not page.problems


def test_the_page_at_200_percent(sitter: Running, tab: Callable[..., Tab]) -> None:
    """A desk of 1440 x 900 at 200 % is half as many CSS pixels."""
    page = tab(720, 450).open(sitter.address.url)
    page.page.keyboard.press("1")
    page.do("() => relens.store.set({ open: [] })")
    picture, barrel = (page.page.locator(name).bounding_box() for name in ("canvas >> nth=0", ".barrel"))
    assert picture["height"] > 150 and picture["x"] + picture["width"] <= barrel["x"]
    assert page.do(_CUT) == []
    page.screenshot("zoomed")
    for key, name in (("1", "lens"), ("2", "look"), ("3", "timeline"), ("4", "touch-up"), ("5", "shoot")):
        page.page.keyboard.press(key)
        panel = page.page.locator(f"#panel-{name}")
        box = panel.bounding_box()
        assert page.state()["open"] == [name] and box["x"] >= picture["x"] + picture["width"]
        assert page.do(_CUT) == []
        # All of a panel can be scrolled to.
        page.until("!document.querySelector('.panel:not([hidden])').textContent.includes('Loading')")
        last = panel.locator("button:visible, input:visible, select:visible").last
        last.evaluate("(one) => { one.scrollIntoView({ block: 'end' }); }")
        end = last.bounding_box()
        assert end["y"] >= 0 and end["y"] + end["height"] <= 451 and end["x"] + end["width"] <= 720
    page.screenshot("zoomed-shoot")
    assert not page.problems


# Words that are wider than the box they are in, and what is past the page's edges to the side.
_CUT = """() => {
    const found = document.scrollingElement.scrollWidth > innerWidth ? ["the page"] : [];
    for (const one of document.querySelectorAll("button, p, h2, label, .readout, .limit, .value, option, select")) {
        const box = one.getBoundingClientRect();
        if (!one.checkVisibility() || box.width <= 1 || one.closest(".presets") || one.closest("dialog")) continue;
        const isCut = one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow === "hidden";
        if (isCut || box.left < -0.5 || box.right > innerWidth + 0.5) found.push(one.textContent);
    }
    return found;
}"""


def with_path(page: Tab) -> Tab:
    for _ in range(2):
        page.page.locator("canvas").first.press("k")
    return page


def slider(page: Tab, name: str) -> Any:
    return page.page.get_by_role("slider", name=name, exact=True)


def background(page: Tab) -> str:
    return page.do("() => getComputedStyle(document.body).backgroundColor")


def accessible(page: Tab) -> list[dict[str, Any]]:
    """The accessibility tree as screen readers get it."""
    session = page.page.context.new_cdp_session(page.page)
    session.send("Accessibility.enable")
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            "value": node.get("value", {}).get("value"),
        }
        for node in nodes
        if not node["ignored"]
    ]
