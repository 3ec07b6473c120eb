"""Writes picks.json beside it: what relens's reference engine meets first in small scenes, for the viewer's tests.

A pixel is left out where a hair's breadth would change the answer: half of its ray is stopped only just, or its
neighbourhood differs much.
"""

import base64
import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np

from relens.camera import Camera, Intrinsics
from relens.render.reference import ReferenceEngine
from relens.scene import Layer, Scene

FILE = Path(__file__).with_suffix(".json")
_WIDTH_PX, _HEIGHT_PX, _BORDER_PX, _FX_PX = 24, 18, 5, 30.0
_STEP = 2e-4


def content() -> dict[str, list[Any]]:
    """All scenes, each with cameras and the depths that they see; the same at every call."""
    # Python promises these numbers for ever, numpy its own only for a while.
    rng = random.Random(8)
    return {"scenes": [_scene_case(rng, count) for count in (1, 2, 3)]}


def _scene_case(rng: random.Random, count: int) -> dict[str, Any]:
    pages = [_page(rng, rng.uniform(0.2, 1.2), last=number == count - 1) for number in range(count)]
    intrinsics = Intrinsics(_FX_PX, 1.1 * _FX_PX, 11.5, 9.25, _WIDTH_PX, _HEIGHT_PX)
    layers = tuple(_layer(str(number), *page) for number, page in enumerate(pages))
    scene = Scene(Camera(intrinsics), layers, _BORDER_PX)
    return {
        "camera": _pinhole(intrinsics), "border_px": _BORDER_PX,
        "layers": [
            {
                "depth": base64.b64encode(codes.astype("<u2").tobytes()).decode(), "depth_far": far,
                "depth_step": _STEP, "alpha": base64.b64encode(alpha.tobytes()).decode(),
            }
            for codes, far, alpha in pages
        ],
        "views": [_view_case(rng, scene, still) for still in (True, False, False, False)],
    }  # fmt: skip


def _page(rng: random.Random, middle: float, last: bool) -> tuple[np.ndarray, float, np.ndarray]:
    """Codes of inverse depth, what code 0 is, and codes of alpha; the rearmost page is opaque."""
    size = _HEIGHT_PX + 2 * _BORDER_PX, _WIDTH_PX + 2 * _BORDER_PX
    row, column = np.mgrid[0 : size[0], 0 : size[1]]
    codes = np.zeros(size)
    for _ in range(3):
        across, down, phase = rng.uniform(-0.3, 0.3), rng.uniform(-0.3, 0.3), rng.uniform(0, 6)
        codes += 400 * (1 + np.sin(across * column + down * row + phase))
    radius_px, x, y = rng.uniform(6, 12), rng.uniform(8, 26), rng.uniform(8, 20)
    soft = np.clip((radius_px - np.hypot(column - x, row - y)) / 3 + 0.5, 0, 1)
    alpha = np.ones(size) if last else soft
    return np.rint(codes).astype(int), round(0 if last else middle, 4), np.rint(255 * alpha).astype(np.uint8)


def _layer(name: str, codes: np.ndarray, far: float, alpha: np.ndarray) -> Layer:
    inverse_depth = (far + codes * _STEP).astype(np.float32)
    rgba = (alpha / 255)[..., None].astype(np.float32).repeat(4, axis=2)
    return Layer(name, rgba, inverse_depth)


def _view_case(rng: random.Random, scene: Scene, still: bool) -> dict[str, Any]:
    pose = {"eye_m": [0.0, 0.0, 0.0], "yaw_rad": 0.0, "pitch_rad": 0.0, "roll_rad": 0.0, "zoom": 1.0}
    if not still:
        pose["eye_m"] = [round(rng.uniform(-0.15, 0.15), 4) for _ in range(3)]
        pose |= {name: round(rng.uniform(-0.2, 0.2), 4) for name in ("yaw_rad", "pitch_rad", "roll_rad")}
    camera = Camera(scene.camera.intrinsics).moved(*pose["eye_m"])
    camera = camera.turned(pose["yaw_rad"], pose["pitch_rad"], pose["roll_rad"])
    depth_m = ReferenceEngine(scene).pinhole_depth_m(camera)
    around = np.pad(depth_m, 1, mode="edge")
    near = [around[j : j + depth_m.shape[0], i : i + depth_m.shape[1]] for j in range(3) for i in range(3)]
    even = np.max(near, axis=0) - np.min(near, axis=0) < 0.15 * depth_m
    seen = np.argwhere(even & np.isfinite(depth_m))
    # One pixel in three is enough.
    cases = [[int(column), int(row), _five_digits(float(depth_m[row, column]))] for row, column in seen[::3]]
    return {"pose": pose, "depth_m": cases}


def _five_digits(value: float) -> float:
    return round(value, 4 - math.floor(math.log10(value)))


def _pinhole(k: Intrinsics) -> dict[str, Any]:
    return {name: value for name, value in vars(k).items() if name != "source"}


if __name__ == "__main__":
    cases = ",\n".join(map(json.dumps, content()["scenes"]))
    FILE.write_text(f'{{"scenes": [\n{cases}\n]}}\n', encoding="utf-8")
