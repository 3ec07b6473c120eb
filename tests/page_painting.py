"""Touching up as a person does: a tool is chosen, the pointer drags, and what of the pages changed is looked at."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from page_browser import Tab
from page_scenes import FX_PX, HEIGHT_PX, WIDTH_PX
from view_server import Running

from relens.scene import Scene

Point = tuple[float, float]
Eye = tuple[float, float, float]
PAINT = "#1030c0"


def choose(tab: Tab, tool: str, **brush: Any) -> None:
    """Open the panel and take a tool; brush: radius_px, opacity, colour."""
    if "touch-up" not in tab.state()["open"]:
        tab.page.keyboard.press("4")
    tab.page.get_by_role("radio", name=tool, exact=True).click()
    tab.do("(brush) => relens.store.set({ brush: { ...relens.store.get().brush, ...brush } })", brush)


def seen_at(point: Point, depth_m: float, eye_m: Eye = (0, 0, 0)) -> Point:
    """Where, in pixels of the photo's size, a texel of the sitter scene is seen from an eye beside the photo's."""
    middle = WIDTH_PX / 2, HEIGHT_PX / 2
    across, down = (
        (FX_PX * ((at - centre) / FX_PX * depth_m - eye) / (depth_m - eye_m[2]) + centre)
        for at, centre, eye in zip(point, middle, eye_m[:2], strict=True)
    )
    return across, down


def drag(tab: Tab, places: Sequence[Point], *, lift: bool = True) -> None:
    """Drag over pixels of the picture, in the photo's size; lift: let go at the end."""
    mouse = tab.page.mouse
    mouse.move(*tab.place(*places[0]))
    mouse.down()
    for place in places[1:]:
        mouse.move(*tab.place(*place), steps=4)
    if lift:
        mouse.up()


def until_done(tab: Tab, count: int, undone: int = 0) -> None:
    """Wait for so many edits in the page's history."""
    history = "relens.store.get().history"
    tab.until(f"{history}.done.length === {count} && {history}.undone.length === {undone}")


def edits_sent(tab: Tab) -> list[dict[str, Any]]:
    """A list that every edit which the page sends is added to."""
    sent: list[dict[str, Any]] = []

    def note(request: Any) -> None:
        if request.url.endswith("/api/edit"):
            sent.append(json.loads(request.post_data)["edit"])

    tab.page.on("request", note)
    return sent


def folder_of(running: Running) -> Path:
    """Where a served scene's edits are kept."""
    return running.loaded.home.folder  # pyright: ignore[reportAttributeAccessIssue, reportFunctionMemberAccess]


def page(scene: Scene, name: str) -> np.ndarray:
    """A layer's page."""
    return next(layer for layer in scene.layers if layer.name == name).rgba


def changed_texels(before: Scene, after: Scene, name: str) -> np.ndarray:
    """Which texels of a page are not the same, to the bit."""
    return (page(before, name) != page(after, name)).any(axis=2)


def same_scene(one: Scene, other: Scene) -> bool:
    """Whether two scenes have the same pages and depths, to the bit."""
    return all(
        a.name == b.name
        and np.array_equal(a.rgba, b.rgba)
        and np.array_equal(a.inverse_depth, b.inverse_depth, equal_nan=True)
        for a, b in zip(one.layers, other.layers, strict=True)
    )


def centre_px(mask: np.ndarray, border_px: int) -> Point:
    """The middle of a mask of a page, in pixels of the photo."""
    rows, columns = np.nonzero(mask)
    return float(columns.mean()) + 0.5 - border_px, float(rows.mean()) + 0.5 - border_px


class Samples:
    """How far the live picture is: `at_least` waits until what is shown has so many samples since the last change."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        tab.do("() => { window.samples = 0; relens.live.onFrame(({ samples }) => { window.samples = samples; }); }")

    def at_least(self, count: int) -> None:
        self._tab.until(f"window.samples >= {count}")

    def forget(self) -> None:
        """What is shown from now on counts."""
        self._tab.do("() => { window.samples = 0; }")


def leave(tab: Tab) -> None:
    """Take the pointer, and the brush's ring with it, off the picture."""
    tab.page.mouse.move(2, 2)


def colour_at(tab: Tab, shot: np.ndarray, place: Point, around_px: int = 2) -> np.ndarray:
    """The mean colour of a screenshot around a pixel of the picture, in the photo's size."""
    column, row = (round(at - 0.5) for at in tab.place(*place))
    return shot[row - around_px : row + around_px + 1, column - around_px : column + around_px + 1].mean(axis=(0, 1))
