"""The page in a real browser: Chromium without a window, its graphics in software."""

import base64
import io
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

# Software graphics are slow, and two cores may be busy: this is no measurement, only an end to waiting.
PATIENCE_S = 120
_FLAGS = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --use-angle=swiftshader --enable-unsafe-swiftshader --hide-scrollbars"
)
# Kept for looking at: RELENS_SCREENSHOTS=folder.
_KEEP = os.environ.get("RELENS_SCREENSHOTS")


def chromium() -> str | None:
    """The browser of this machine; None without one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browser() -> Iterator[Any]:
    """A browser of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=_FLAGS.split())
        try:
            yield launched
        finally:
            launched.close()


class Tab:
    """One tab with the viewer in it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda line: self.problems.append(line.text) if line.type == "error" else None)

    def open(self, url: str) -> "Tab":
        """Go there and wait for the first picture."""
        self.page.goto(url)
        self.until("!!window.relens && window.relens.frames > 0")
        return self

    def do(self, script: str, value: Any = None) -> Any:
        """Run a function of the page, e.g. "(x) => relens.store.get()", and wait for what it promises."""
        return self.page.evaluate(script, value)

    def until(self, condition: str) -> None:
        """Wait for a condition of the page; a strict Content-Security-Policy forbids Playwright's own way."""
        assert self.comes(condition, PATIENCE_S), f"never: {condition}; the page said {self.problems}"

    def comes(self, condition: str, patience_s: float) -> bool:
        """Whether a condition of the page comes true in time."""
        end_s = time.monotonic() + patience_s
        while not self.page.evaluate(condition):
            if time.monotonic() > end_s:
                return False
            time.sleep(0.05)
        return True

    def state(self) -> dict[str, Any]:
        """What the page shows, as plain values (infinity as None)."""
        return self.do("() => JSON.parse(JSON.stringify(relens.store.get()))")

    def look(self, **change: Any) -> None:
        """Change some values of the view, by their names in view.ts; lens={"f_number": 4} changes those of the lens."""
        self.do(
            """(change) => {
                const view = relens.store.get().view;
                const part = (name) => change[name] ? { [name]: { ...view[name], ...change[name] } } : {};
                relens.store.look({ ...change, ...part("lens"), ...part("pose") });
            }""",
            change,
        )

    def picture(self) -> np.ndarray:
        """The live picture once it has converged: (h, w, 3) 8-bit display codes."""
        encoded = self.do(
            """async () => {
                const image = await relens.live.pixels();
                const bytes = new Uint8Array(image.data.buffer);
                let text = "";
                for (let at = 0; at < bytes.length; at += 32768) {
                    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
                }
                return [image.width, image.height, btoa(text)];
            }"""
        )
        width, height, text = encoded
        return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[..., :3].copy()

    def place(self, column_px: float, row_px: float) -> tuple[float, float]:
        """Where on the screen a pixel of the photo (full size) is, seen from the photo's place."""
        box = self.page.locator("canvas").first.bounding_box()
        camera = self.do("() => relens.app.info.camera")
        return (
            box["x"] + column_px / camera["width_px"] * box["width"],
            box["y"] + row_px / camera["height_px"] * box["height"],
        )

    def click(self, column_px: float, row_px: float) -> None:
        """Click on a pixel of the photo."""
        self.page.mouse.click(*self.place(column_px, row_px))

    def screenshot(self, name: str | None = None) -> np.ndarray:
        """What a person sees, (h, w, 3); kept as NAME.png where RELENS_SCREENSHOTS names a folder."""
        data = self.page.screenshot()
        if name and _KEEP:
            Path(_KEEP).mkdir(parents=True, exist_ok=True)
            Path(_KEEP, f"{name}.png").write_bytes(data)
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
