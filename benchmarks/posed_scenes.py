"""Scenes to fit: a head among lamps seen from an arc before it, and a bare room seen from inside.

Frame of the shapes: +x right, +y down, +z forward, metres. Some parts of each scene are thin: what networks of depth
miss and fits lose first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import truth_textures as textures
from truth_scene import Surface, TruthScene, Window
from truth_shapes import Shape, box, curve, ellipsoid, joined, quad, sheet, tube, upright

WIDTH_PX, HEIGHT_PX = 200, 150
COUNT, HELD_OUT_EVERY = 35, 7
HEAD_SCAN = Path(__file__).parents[1] / ".." / "shared" / "assets" / "head_scan"


@dataclass(frozen=True)
class PosedLens:
    """A lens for the new view that lens_on_fit.py takes."""

    focus_distance_m: float
    f_number: float
    focal_length_mm: float


@dataclass(frozen=True)
class PosedScene:
    """What stands there, and where it is photographed from.

    Attributes:
        solid: surfaces that a network of depth sees. thin: those that it misses.
        background: surfaces beyond what is fitted.
        subject_m: (2, 3) the box that is scored. size_m: the scene's size, the longest side of what is fitted.
        poses: (n, 4, 4) cameras to world, OpenCV axes, and fx_px theirs. new_view: (4, 4) one between them.
        lenses: for the new view. arrangement: how the cameras stand.
    """

    name: str
    solid: tuple[Surface, ...]
    thin: tuple[Surface, ...]
    background: tuple[Surface, ...]
    windows: tuple[Window, ...]
    sky: tuple[float, float, float]
    bounces: int
    subject_m: np.ndarray
    size_m: float
    fx_px: float
    poses: np.ndarray
    new_view: np.ndarray
    lenses: tuple[PosedLens, ...]
    arrangement: Literal["forward", "inside", "around"]


def looking(eye_m: np.ndarray, at_m: np.ndarray, roll_rad: float = 0.0) -> np.ndarray:
    """A camera's pose (4, 4), OpenCV axes, upright but for its roll."""
    forward = (at_m - eye_m) / np.linalg.norm(at_m - eye_m)
    right = np.cross([0.0, 1, 0], forward)
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    right, down = np.cos(roll_rad) * right + np.sin(roll_rad) * down, np.cos(roll_rad) * down - np.sin(roll_rad) * right
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = np.column_stack([right, down, forward]), eye_m
    return pose


def head() -> PosedScene:
    """The head scan of Lee Perry-Smith (CC BY 3.0) with a microphone on its stand, before a round backdrop."""
    scan = _head_scan(0.05)
    around, up = np.meshgrid(np.linspace(-2.05, 2.05, 60), np.linspace(-1.2, 1.5, 24))
    backdrop = sheet(np.stack([1.1 * np.sin(around), up, 0.1 + 1.1 * np.cos(around)], axis=-1))
    stand_x, stand_z = 0.25, -0.1
    rod = tube(np.array([[stand_x, 0.45, stand_z], [stand_x, 0.2, stand_z], [stand_x, 0.0, stand_z]]), 0.006, 16)
    arm = tube(curve([(stand_x, 0.0, stand_z), (0.24, -0.03, -0.11), (0.15, 0.03, -0.17)], 20), 0.005, 16)
    grey = textures.mottled(31, (0.1, 0.1, 0.11), 0.2)
    solid = (
        Surface(scan[0], scan[1]),
        Surface(ellipsoid(0.125, 0.04, -0.185, (0.026, 0.026, 0.026)), textures.mottled(33, (0.14, 0.13, 0.13), 0.4)),
        Surface(box(0, 0.25, 0.0, 0.3, 0.1, 0.2), textures.planks(34)),
    )
    # Nothing in it repeats, since photos are matched.
    background = (Surface(backdrop, textures.mottled(32, (0.36, 0.4, 0.44), 0.3, 2048)),)
    lights = (
        Window(quad((-1.6, -1.2, -1.4), (-0.6, -1.3, -1.8), (-1.6, -0.2, -1.4)), (5.5, 5.2, 4.8)),
        Window(quad((0.9, -0.8, -1.5), (1.5, -0.8, -1.1), (0.9, 0.2, -1.5)), (3.0, 3.2, 3.6)),
    )
    middle = np.array([0.02, 0.0, -0.02])
    azimuth, climb, far = _spread(COUNT)
    poses = [
        looking(middle + _from_polar(np.radians(140 * (a - 0.5)), np.radians(-12 + 38 * c), 0.85 + 0.16 * f), middle)
        for a, c, f in zip(azimuth, climb, far, strict=True)
    ]
    new_view = looking(middle + _from_polar(np.radians(17), np.radians(6), 0.86), middle)
    return PosedScene(
        "head", solid, (Surface(joined(rod, arm), grey),), background, lights, (0.3, 0.3, 0.32), 3,
        np.array([[-0.24, -0.23, -0.22], [0.28, 0.28, 0.16]]), 0.52, 300.0, np.array(poses), new_view,
        (PosedLens(0.62, 1.2, 54.0), PosedLens(1.0, 1.4, 54.0)), "around",
    )  # fmt: skip


def room() -> PosedScene:
    """A room with plain painted walls, a picture, a rug, books on a board, and a chair and a stool with thin legs."""
    half, floor, ceiling = 1.6, 1.2, -1.1
    left, right, front, back = -half, half, -half, half

    def paint(colour: textures.Colour) -> np.ndarray:
        return np.full((4, 4, 3), colour, np.float32)

    cream, blue, white = paint((0.62, 0.58, 0.5)), paint((0.36, 0.45, 0.55)), paint((0.72, 0.72, 0.7))
    walls = (
        Surface(quad((left, ceiling, back), (right, ceiling, back), (left, floor, back)), blue),
        Surface(quad((right, ceiling, front), (left, ceiling, front), (right, floor, front)), cream),
        Surface(quad((left, ceiling, front), (left, ceiling, back), (left, floor, front)), cream),
        Surface(quad((right, ceiling, back), (right, ceiling, front), (right, floor, back)), cream),
        Surface(quad((left, ceiling, front), (right, ceiling, front), (left, ceiling, back)), white),
        Surface(quad((left, floor, back), (right, floor, back), (left, floor, front)), textures.planks(41)),
    )
    shelf = box(-0.5, 0.35, back - 0.13, 1.2, 0.05, 0.26)
    books = [
        Surface(
            box(-0.98 + 0.09 * k, 0.18 + 0.02 * (k % 3), back - 0.13, 0.075, 0.29 - 0.04 * (k % 3), 0.2),
            textures.stripes(50 + k, [colour, (0.7, 0.66, 0.55), colour], 5),
        )
        for k, colour in enumerate([(0.1, 0.2, 0.14), (0.4, 0.08, 0.06), (0.08, 0.12, 0.3), (0.5, 0.35, 0.1)] * 2)
    ]
    wood = textures.planks(42, 4)
    chair_x, chair_z, seat_y = 0.85, 0.75, 0.72
    chair = joined(
        box(chair_x, seat_y, chair_z, 0.46, 0.07, 0.46, 0.5),
        box(0, -0.42, 0.2, 0.46, 0.22, 0.06).turned(0.5).moved(chair_x, seat_y, chair_z),
    )
    legs = [(x, z, 0.6) for x in (-0.2, 0.2) for z in (-0.2, 0.2)]
    upper = [(x, 0.2, -0.42) for x in (-0.2, 0.2)]
    thin = [
        tube(np.array([[x, 0, z], [x, reach * 0.4, z], [x, floor - seat_y, z]]), 0.03, 16)
        .turned(0.5).moved(chair_x, seat_y, chair_z)
        for x, z, reach in legs
    ]  # fmt: skip
    thin += [
        tube(np.array([[x, 0, z], [x, top / 2, z], [x, top, z]]), 0.028, 16).turned(0.5).moved(chair_x, seat_y, chair_z)
        for x, z, top in upper
    ]
    stool_x, stool_z, stool_y = -0.9, -0.75, 0.62
    stool = box(stool_x, stool_y, stool_z, 0.42, 0.06, 0.42, 0.2)
    thin += [
        tube(np.array([[0.7 * x, 0, 0.7 * z], [x, 0.3, z], [1.3 * x, floor - stool_y, 1.3 * z]]), 0.026, 16)
        .moved(stool_x, stool_y, stool_z)
        for x, z in ((0.17, 0.0), (-0.09, 0.15), (-0.09, -0.15))
    ]  # fmt: skip
    solid = (
        *walls,
        Surface(upright(0.55, -0.3, back - 0.02, 1.0, 0.75), textures.painting(43)),
        Surface(quad((left + 0.02, -0.75, -0.6), (left + 0.02, -0.75, 0.5), (left + 0.02, 0.1, -0.6)),
                textures.painting(44)),
        Surface(quad((-0.9, floor - 0.01, 0.9), (0.9, floor - 0.01, 0.9), (-0.9, floor - 0.01, -0.7)),
                textures.stripes(45, [(0.55, 0.12, 0.09), (0.62, 0.56, 0.46), (0.12, 0.16, 0.3)], 15)),
        Surface(shelf, wood), *books,
        Surface(chair, textures.mottled(46, (0.42, 0.24, 0.1), 0.3)),
        Surface(stool, textures.mottled(47, (0.15, 0.3, 0.2), 0.3)),
        Surface(box(0.95, 0.85, -1.1, 0.9, 0.7, 0.5, 0.1), textures.mottled(48, (0.45, 0.42, 0.38), 0.25)),
        Surface(ellipsoid(0.8, 0.37, -1.1, (0.13, 0.13, 0.13)),
                textures.stripes(49, [(0.1, 0.25, 0.4), (0.6, 0.6, 0.6)], 7)),
    )  # fmt: skip
    lamp = quad((-0.35, ceiling + 0.02, -0.35), (0.35, ceiling + 0.02, -0.35), (-0.35, ceiling + 0.02, 0.35))
    azimuth, climb, place = _spread(COUNT)
    poses = []
    for k, (a, c, p) in enumerate(zip(azimuth, climb, place, strict=True)):
        # A step back from the middle, so that a wall is never all there is.
        look, where, out = 2 * np.pi * a, 2 * np.pi * a + np.pi + 2.6 * (p - 0.5), 0.55 + 0.35 * np.cos(7 * k)
        eye = np.array([out * np.sin(where), -0.05 - 0.5 * (c - 0.5), out * np.cos(where)])
        way = np.array([np.sin(look), np.tan(np.radians(17 - 20 * (c - 0.5) + 9 * np.cos(5 * k))), np.cos(look)])
        poses.append(looking(eye, eye + way))
    new_view = looking(np.array([0.0, 0.1, -0.05]), np.array([0.8, 0.6, 0.8]))
    return PosedScene(
        "room", solid, (Surface(joined(*thin), wood),), (), (Window(lamp, (26.0, 24.0, 20.5)),), (0.0, 0.0, 0.0), 5,
        np.array([[left, ceiling, front], [right, floor, back]]), 2 * half, 110.0, np.array(poses), new_view,
        (PosedLens(1.1, 0.95, 110.0), PosedLens(2.1, 0.95, 110.0)), "inside",
    )  # fmt: skip


def truth_scene(scene: PosedScene, with_thin: bool = True) -> TruthScene:
    """The scene as truth_mitsuba.py takes it, with or without its thin parts."""
    surfaces = (*scene.solid, *scene.background, *(scene.thin if with_thin else ()))
    return TruthScene(scene.name, 50, surfaces, (), scene.windows, sky=scene.sky, bounces=scene.bounces)


MAKERS: dict[str, Callable[[], PosedScene]] = {"head": head, "room": room}


def _spread(count: int) -> np.ndarray:
    """(3, count) evenly spread numbers of 0 to 1 (the R3 sequence of M. Roberts)."""
    root = 1.2207440846057596
    steps = 1 / root ** np.arange(1, 4)
    return (0.5 + steps[:, None] * np.arange(1, count + 1)) % 1


def _from_polar(azimuth_rad: float, climb_rad: float, far_m: float) -> np.ndarray:
    """A place around the origin; straight before it is -z."""
    flat = np.cos(climb_rad)
    return far_m * np.array([flat * np.sin(azimuth_rad), -np.sin(climb_rad), -flat * np.cos(azimuth_rad)])


def _head_scan(scale: float) -> tuple[Shape, np.ndarray]:
    """The scan, face towards -z, and its texture."""
    import trimesh
    from PIL import Image

    from relens.photo import srgb_decode

    loaded: Any = trimesh.load(HEAD_SCAN / "LeePerrySmith.glb", force="mesh", process=False)
    turn = np.array([1.0, -1.0, -1.0])
    # The texture came flipped: its v counts upwards, as trimesh's does not.
    uv = np.asarray(loaded.visual.uv)
    normals = np.asarray(loaded.vertex_normals) * turn
    shape = Shape(scale * np.asarray(loaded.vertices) * turn, normals, uv, np.asarray(loaded.faces))
    with Image.open(HEAD_SCAN / "Map-COL.jpg") as image:
        texture = srgb_decode(np.asarray(image.convert("RGB"), np.float32) / 255)
    return shape, np.clip(texture, 0.01, 0.9).astype(np.float32)
