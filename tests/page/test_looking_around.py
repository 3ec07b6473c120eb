"""Looking around: the eye stays where the scene has no holes, and what is in focus keeps its place."""

from collections.abc import Callable

import numpy as np
import pytest
from page_browser import Tab
from page_scenes import FACE_PX, SITTER_M, WALL_M
from view_server import Running

# Where a point of the world is in the picture, CSS pixels: by view.ts's angles and the taking camera.
_PLACE = """(point) => {
    const { eye_m, yaw_rad, pitch_rad, roll_rad } = relens.store.get().view.pose;
    const { canvas } = relens.live;
    let [x, y, z] = point.map((value, i) => value - eye_m[i]);
    const turned = (a, b, angle) => [
        a * Math.cos(angle) + b * Math.sin(angle), b * Math.cos(angle) - a * Math.sin(angle),
    ];
    [z, x] = turned(z, x, yaw_rad);
    [y, z] = turned(y, z, pitch_rad);
    [x, y] = turned(x, y, roll_rad);
    const camera = relens.live.camera();
    const scale = canvas.clientWidth / camera.width_px;
    return [scale * (camera.cx_px + camera.fx_px * x / z), scale * (camera.cy_px + camera.fy_px * y / z)];
}"""
_PICK = "([x, y]) => relens.live.pick(x, y)?.point_m ?? null"


@pytest.fixture
def page(sitter: Running, tab: Callable[..., Tab]) -> Tab:
    """The sitter, once it is known how far the camera may go."""
    page = tab(640, 560).open(sitter.address.url)
    page.until("relens.app.safe() !== null")
    page.look(focus=[0, (FACE_PX[1] - 160) / 480 * SITTER_M, SITTER_M])
    return page


def test_a_drag_moves_the_eye_within_the_safe_volume(page: Tab) -> None:
    safe = page.do("() => relens.app.safe()")
    assert safe["left_m"] > 0.01
    box = page.page.locator("canvas").first.bounding_box()
    x, y = page.place(*FACE_PX)
    for across, down in ((0.2, 0), (-0.2, 0.1), (2.5, -1), (-3, 3), (0.5, 0.8)):
        drag(page, (x, y), (x + across * box["width"], y + down * box["height"]))
        eye_m = np.array(page.state()["view"]["pose"]["eye_m"])
        assert extent(eye_m, safe) <= 1 + 1e-6
        if abs(across) > 1:
            assert extent(eye_m, safe) > 0.98, "a long drag comes to the edge"
    page.screenshot("looking-around-edge")
    assert not page.problems


@pytest.mark.parametrize("to", [(0.25, 0.1), (-0.4, -0.3)])
def test_the_pivot_keeps_its_place(page: Tab, to: tuple[float, float]) -> None:
    pivot = page.state()["view"]["focus"]
    box = page.page.locator("canvas").first.bounding_box()
    before, wall = page.do(_PLACE, pivot), page.do(_PLACE, [0.6, -0.4, WALL_M])
    assert page.do(_PICK, before) == pytest.approx(pivot, abs=2e-3), "the picture shows it there"
    x, y = page.place(*FACE_PX)
    drag(page, (x, y), (x + to[0] * box["width"], y + to[1] * box["height"]))
    after = page.do(_PLACE, pivot)
    assert np.hypot(*np.subtract(after, before)) < 1.5
    assert page.do(_PICK, after) == pytest.approx(pivot, abs=2e-3), "the picture shows it there still"
    moved = np.subtract(page.do(_PLACE, [0.6, -0.4, WALL_M]), wall)
    assert np.hypot(*moved) > 4, "what lies behind moves past it"
    # What is behind goes the way of the eye: against the hand, which has the near part of the scene.
    assert np.sign(moved[0]) == -np.sign(to[0])
    assert page.state()["view"]["focus"] == pivot
    assert not page.problems


def test_double_click_goes_home(page: Tab) -> None:
    x, y = page.place(*FACE_PX)
    drag(page, (x, y), (x + 90, y - 40))
    before = page.state()["view"]
    assert np.hypot(*before["pose"]["eye_m"][:2]) > 0.01
    page.page.mouse.dblclick(*page.place(60, 60))
    page.until("relens.store.get().view.pose.eye_m.every((value) => value === 0)")
    after = page.state()["view"]
    assert after["pose"] == {"eye_m": [0, 0, 0], "yaw_rad": 0, "pitch_rad": 0, "roll_rad": 0, "zoom": 1}
    assert after["focus"] == before["focus"] and after["lens"] == before["lens"]
    assert not page.problems


def test_keys_step_and_the_wheel_rolls(page: Tab) -> None:
    page.page.locator("canvas").first.focus()
    page.page.keyboard.press("d")
    page.until("relens.store.get().view.pose.eye_m[0] > 0.01")
    page.page.keyboard.press("w")
    page.until("relens.store.get().view.pose.eye_m[2] > 0.01")
    page.page.keyboard.press("0")
    page.until("relens.store.get().view.pose.eye_m.every((value) => value === 0)")
    page.page.mouse.move(*page.place(*FACE_PX))
    page.page.keyboard.down("Control")
    page.page.mouse.wheel(0, -300)
    page.page.keyboard.up("Control")
    page.until("relens.store.get().view.pose.eye_m[2] > 0.01")
    before = page.state()["view"]["focus"]
    page.page.mouse.wheel(0, -300)
    page.until("typeof relens.store.get().view.focus === 'number'")
    assert page.state()["view"]["focus"] > before[2] - 0.4
    assert not page.problems


def drag(page: Tab, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.page.mouse.move(*start)
    page.page.mouse.down()
    page.page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.page.mouse.move(*end)
    page.page.mouse.up()


def extent(eye_m: np.ndarray, safe: dict[str, float]) -> float:
    """1 on the edge of the safe volume: an eighth of an ellipsoid in each octant."""
    sides = (("left_m", "right_m"), ("up_m", "down_m"), ("back_m", "forward_m"))
    axes_m = np.array([safe[plus if value > 0 else minus] for value, (minus, plus) in zip(eye_m, sides, strict=True)])
    return float(np.linalg.norm(eye_m / axes_m))
