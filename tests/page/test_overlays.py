"""What can lie over the picture, each as it says, and the photo beside it."""

import io
import re
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from page_browser import Tab
from page_pixels import around, shown
from page_scenes import BORDER_PX, FACE_PX, HEIGHT_PX, SITTER_M, WALL_M, WIDTH_PX, sitter_scene
from PIL import Image
from view_server import Running

from relens.scene import Scene

WALL_PX = 80, 200
HALF_PX = 40
# Where the wall of `slanted_scene` comes to on the photo's right.
NEAR_WALL_M = 1.2
# Samples that are taken of the picture's own size, not of a preview's.
FAIR = 12


def choose(page: Tab, overlay: str) -> None:
    """Click an overlay in the panel."""
    if "look" not in page.state()["open"]:
        page.page.keyboard.press("2")
    page.page.get_by_role("radiogroup", name="Overlay").get_by_role("radio", name=re.compile(f"^{overlay}")).click()


def heat(share: np.ndarray) -> np.ndarray:
    """The overlays' colours from 0, dark blue, over teal and yellow to 1, red."""

    def mix(one: np.ndarray, other: np.ndarray, start: float, end: float) -> np.ndarray:
        t = np.clip((share - start) / (end - start), 0, 1)[..., None]
        return one + (other - one) * t * t * (3 - 2 * t)

    blue, teal, yellow, red = np.array([[0.10, 0.12, 0.35], [0.05, 0.55, 0.60], [0.95, 0.85, 0.25], [0.85, 0.15, 0.10]])
    return 255 * mix(mix(blue, teal, 0, 0.33), mix(yellow, red, 0.66, 1), 0.33, 0.66)


def heat_share(codes: np.ndarray) -> np.ndarray:
    """Which share, 0 to 1, has the heat colour nearest to these codes (n, 3)."""
    shares = np.linspace(0, 1, 401)
    return shares[np.linalg.norm(codes[:, None] - heat(shares), axis=2).argmin(1)]


def slanted_scene() -> Scene:
    """The sitter before a wall that comes nearer to the right."""
    scene = sitter_scene()
    subject, wall = scene.layers
    column = np.arange(wall.rgba.shape[1], dtype=np.float32) - BORDER_PX
    inverse = 1 / WALL_M + (1 / NEAR_WALL_M - 1 / WALL_M) * np.clip(column / WIDTH_PX, 0, 1)
    slanted = np.broadcast_to(inverse.astype(np.float32), wall.rgba.shape[:2]).copy()
    return replace(scene, layers=(subject, replace(wall, inverse_depth=slanted)))


def test_depth_goes_from_far_to_near(served: Callable[[Scene], Running], tab: Callable[..., Tab]) -> None:
    page = tab(720, 500).open(served(slanted_scene()).address.url)
    choose(page, "Depth")
    picture = shown(page, FAIR)
    page.screenshot("overlay-depth")
    # A row of the wall under the face.
    row = picture[round(300 / HEIGHT_PX * picture.shape[0])].astype(float)
    column = (np.arange(len(row)) + 0.5) / len(row)
    inverse = 1 / WALL_M + (1 / NEAR_WALL_M - 1 / WALL_M) * column
    nearest, farthest = 1 / SITTER_M, 1 / WALL_M
    assert np.abs(heat_share(row) - (inverse - farthest) / (nearest - farthest)).max() < 0.03
    assert heat_share(around(picture, FACE_PX, HALF_PX).reshape(-1, 3).astype(float)).min() > 0.97
    assert not page.problems


def test_layers_have_a_colour_each(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(720, 500).open(sitter.address.url)
    choose(page, "Layers")
    picture = shown(page, FAIR).astype(float)
    page.screenshot("overlay-layers")
    # Their colour without their light.
    tints = [(part := around(picture, at, HALF_PX)) - part.mean(2, keepdims=True) for at in (FACE_PX, WALL_PX)]
    face, wall = (tint.mean((0, 1)) for tint in tints)
    assert all(tint.std((0, 1)).max() < 4 for tint in tints)
    assert np.linalg.norm(face) > 40 and np.linalg.norm(wall) > 40
    assert np.linalg.norm(face - wall) > 80
    assert not page.problems


def test_blur_is_green_where_it_is_sharp(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(720, 500).open(sitter.address.url)
    for focus_m, sharp_px, soft_px in ((SITTER_M, FACE_PX, WALL_PX), (WALL_M, WALL_PX, FACE_PX)):
        page.look(focus=focus_m)
        choose(page, "None")
        plain = shown(page, FAIR).astype(float)
        choose(page, "Circle of confusion")
        picture = shown(page, FAIR).astype(float)
        page.screenshot(f"overlay-coc-{focus_m:g}")
        change = picture - plain
        sharp, soft = (around(change, at, HALF_PX).mean((0, 1)) for at in (sharp_px, soft_px))
        assert sharp[1] > 20 and sharp[1] > max(sharp[0], sharp[2]) + 20
        assert np.linalg.norm(sharp - soft) > 40
        # The picture shows through what is sharp, and is grey under the rest.
        assert around(picture, sharp_px, HALF_PX)[..., 1].std() > 3 * around(picture, soft_px, HALF_PX)[..., 1].std()
    assert not page.problems


def test_peaking_marks_what_is_in_focus(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(720, 500).open(sitter.address.url)
    choose(page, "Focus peaking")
    for focus_m, sharp_px, soft_px in ((SITTER_M, FACE_PX, WALL_PX), (WALL_M, WALL_PX, FACE_PX)):
        page.look(focus=focus_m)
        picture = shown(page, FAIR).astype(float)
        page.screenshot(f"overlay-peaking-{focus_m:g}")
        is_marked = picture[..., 0] - picture[..., 1:].max(2) > 90
        assert around(is_marked, sharp_px, HALF_PX).mean() > 0.2
        assert around(is_marked, soft_px, HALF_PX).mean() < 0.01
    assert not page.problems


def test_uncertainty_grows_where_it_does(sitter: Running, tab: Callable[..., Tab]) -> None:
    page = tab(720, 500).open(sitter.address.url)
    plain = shown(page, FAIR).astype(float)
    choose(page, "Uncertainty")
    picture = shown(page, FAIR).astype(float)
    page.screenshot("overlay-uncertainty")
    grey = plain @ [0.2126, 0.7152, 0.0722]
    row = slice(round(290 / HEIGHT_PX * len(picture)), None)
    tint = ((picture - 0.3 * grey[..., None]) / 0.7)[row].mean(0)
    column = (np.arange(len(tint)) + 0.5) / len(tint)
    # Sigma goes to 0.3 on the right, the colours to 0.5.
    assert np.abs(heat_share(tint) - 0.6 * column).max() < 0.04
    assert not page.problems


def test_what_is_not_known_says_so(served: Callable[[Scene], Running], tab: Callable[..., Tab]) -> None:
    page = tab(720, 500).open(served(replace(sitter_scene(), uncertainty=None)).address.url)
    choose(page, "Layers")
    refused = page.page.get_by_role("radio", name="Uncertainty")
    assert refused.get_attribute("aria-disabled") == "true"
    assert "not known for this scene" in refused.inner_text()
    refused.click(force=True)
    assert page.state()["overlay"] == "layers"
    seen = set()
    for _ in range(6):
        page.page.keyboard.press("o")
        seen.add(page.state()["overlay"])
    assert seen == {"none", "peaking", "coc", "depth", "layers"}
    compare = page.page.get_by_role("switch", name="Compare with the photo")
    assert compare.is_disabled()
    assert page.page.get_by_text("The scene does not carry its source photo.").is_visible()


def test_the_photo_lies_left_of_the_slider(portrait: Running, tab: Callable[..., Tab]) -> None:
    page = tab(720, 500).open(portrait.address.url)
    plain = shown(page, FAIR).astype(float)
    page.page.keyboard.press("c")
    page.until("relens.live.source !== null")
    photo = Image.open(io.BytesIO(portrait.get("/api/source/0").body)).convert("RGB")
    slider = page.page.get_by_role("slider", name="Part of the picture that shows the photo")
    handle = page.page.locator(".compare-handle").bounding_box()
    canvas = page.page.locator(".frame canvas").bounding_box()
    height, width = plain.shape[:2]
    source = cv2.resize(np.asarray(photo), (width, height), interpolation=cv2.INTER_AREA).astype(float)
    for share in (0.5, 0.3):
        if share != 0.5:
            x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
            page.page.mouse.move(x, y)
            page.page.mouse.down()
            page.page.mouse.move(canvas["x"] + share * canvas["width"], y, steps=4)
            page.page.mouse.up()
        assert page.state()["compare"] == pytest.approx(share, abs=0.01)
        assert slider.get_attribute("aria-valuetext") == f"{round(100 * share)} % photo"
        picture = shown(page, FAIR).astype(float)
        page.screenshot(f"compare-{share:g}")
        # A name that has no room on its side of the picture is left out.
        photo_name = page.page.locator(".compare-side", has_text="photo")
        assert photo_name.is_visible() == (share * canvas["width"] >= 72)
        left, right = slice(0, round(share * width) - 2), slice(round(share * width) + 2, None)
        assert mean_difference(picture[:, left], source[:, left]) < 3 < mean_difference(plain[:, left], source[:, left])
        assert (
            mean_difference(picture[:, right], plain[:, right])
            < 1
            < mean_difference(picture[:, right], source[:, right])
        )
    page.page.keyboard.press("c")
    assert page.state()["compare"] is None and slider.is_hidden()
    assert not page.problems


def mean_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Display codes."""
    return float(np.abs(one - other).mean())
