"""What hands do to the page beyond a mouse, and what the page says back."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from page_browser import PATIENCE_S, Tab

PHONE: dict[str, Any] = {"device_scale_factor": 2, "is_mobile": True, "has_touch": True}
Place = tuple[float, float]


class EndlessShot:
    """In the place of a studio's `take`: a shot that never ends by itself."""

    def __init__(self, fraction: float) -> None:
        self.fraction, self.began, self.ended = fraction, threading.Event(), threading.Event()

    def __call__(self, order: object, scene: object, progress: Callable[[str, float], None]) -> None:
        self.began.set()
        try:
            while True:
                progress("cpu", self.fraction)
                time.sleep(0.01)
        finally:
            self.ended.set()


class Fingers:
    """Fingers on a touch screen; each call says where all of them are now."""

    def __init__(self, tab: Tab) -> None:
        self._session = tab.page.context.new_cdp_session(tab.page)
        self._touchscreen = tab.page.touchscreen
        self._tab = tab

    def down(self, *places: Place) -> None:
        self._send("touchStart", places)

    def move(self, *places: Place) -> None:
        self._send("touchMove", places)

    def up(self) -> None:
        self._send("touchEnd", ())

    def tap(self, place: Place) -> None:
        """Down and up at once: where the page draws slowly, waiting in between would make it a long press."""
        self._touchscreen.tap(*place)

    def tap_until(self, selector: str, condition: str) -> None:
        """Tap on an element, again where nothing came of it: a browser that draws in software loses some taps."""
        for patience_s in (15.0, 30.0, PATIENCE_S):
            # Of Playwright's, which waits until the element stands still.
            self._tab.page.locator(selector).first.tap(timeout=1000 * PATIENCE_S)
            if self._tab.comes(condition, patience_s):
                return
        raise AssertionError(f"never: {condition}, however often {selector} was tapped; {self._tab.problems}")

    def drag(self, start: Place, end: Place, steps: int = 6) -> None:
        """One finger, lifted at the end."""
        self.glide((start,), (end,), steps)

    def glide(self, starts: tuple[Place, ...], ends: tuple[Place, ...], steps: int = 8) -> None:
        """Some fingers together, lifted at the end."""
        self.down(*starts)
        for step in range(1, steps + 1):
            part = step / steps
            pairs = zip(starts, ends, strict=True)
            self.move(*((x + part * (to_x - x), y + part * (to_y - y)) for (x, y), (to_x, to_y) in pairs))
        self.up()

    def _send(self, kind: str, places: tuple[Place, ...]) -> None:
        points = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def said(tab: Tab) -> str:
    """The message under the picture; empty for none."""
    return tab.do("() => [...document.querySelectorAll('.messages .message')].map((line) => line.textContent).join('')")


def middle(tab: Tab, selector: str) -> Place:
    """The middle of an element on the screen."""
    box = tab.page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def focus_m(tab: Tab) -> float | None:
    """The distance that the view is focused at, along the photo's axis; None for infinity."""
    focus = tab.state()["view"]["focus"]
    return focus[2] if isinstance(focus, list) else focus


def take_file(tab: Tab, file: Path) -> None:
    """Give a file to the timeline's import, and wait for what the page says of it."""
    tab.page.set_input_files("#panel-timeline input[type=file]", file)
    tab.until(f"document.querySelector('.messages').textContent.includes({file.name!r})")
