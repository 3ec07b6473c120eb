"""Scenes for the page's tests: a sitter, a wall and a lamp whose blur is known, and the sample portraits, smaller."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from portraits import phone_portrait

from relens.camera import Camera, Intrinsics
from relens.lift import lift
from relens.scene import Layer, Scene

WIDTH_PX, HEIGHT_PX, BORDER_PX, FX_PX = 480, 320, 64, 480.0
SITTER_M, WALL_M = 0.8, 3.2
# Middle and radius of the sitter's face, columns and rows of the photo.
FACE_PX, FACE_RADIUS_PX = (240, 170), 70
# A lamp on the wall, so small that its picture is the pupil's.
LAMP_PX, LAMP_RADIUS_PX, LAMP_LIGHT = (400, 70), 1.5, 900.0


@cache
def sitter_scene() -> Scene:
    """A textured disc 0.8 m away before a textured wall at 3.2 m with a lamp on it."""
    size = HEIGHT_PX + 2 * BORDER_PX, WIDTH_PX + 2 * BORDER_PX
    row, column = np.mgrid[0 : size[0], 0 : size[1]] + 0.5 - BORDER_PX
    rng = np.random.default_rng(8)
    alpha = np.clip(FACE_RADIUS_PX + 0.5 - np.hypot(column - FACE_PX[0], row - FACE_PX[1]), 0, 1).astype(np.float32)
    face = _texture(rng, size, [0.55, 0.4, 0.33])
    wall = _texture(rng, size, [0.2, 0.24, 0.3])
    lamp = np.clip(LAMP_RADIUS_PX + 0.5 - np.hypot(column - LAMP_PX[0], row - LAMP_PX[1]), 0, 1)
    wall = wall + (LAMP_LIGHT * lamp)[..., None].astype(np.float32)
    layers = (
        Layer("subject", np.dstack([face * alpha[..., None], alpha]), np.full(size, 1 / SITTER_M, np.float32)),
        Layer("wall", np.dstack([wall, np.ones_like(alpha)]), np.full(size, 1 / WALL_M, np.float32)),
    )
    uncertainty = np.linspace(0, 0.3, WIDTH_PX, dtype=np.float32)[None].repeat(HEIGHT_PX, 0)
    camera = Camera(Intrinsics.centred(FX_PX, WIDTH_PX, HEIGHT_PX))
    return Scene(camera, layers, BORDER_PX, depth_source="made up", uncertainty=uncertainty)


@cache
def portrait_scene(name: str = "iphone14-portrait", width_px: int = 386) -> Scene:
    """A sample portrait, lifted at a size that tests have time for."""
    photo = phone_portrait(name)
    height_px = round(photo.height_px * width_px / photo.width_px)
    linear = cv2.resize(photo.linear, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return lift(replace(photo, linear=linear, intrinsics=photo.intrinsics.resized(width_px, height_px)))


def _texture(rng: np.random.Generator, size: tuple[int, int], colour: list[float]) -> np.ndarray:
    """Fine grain on a colour: sharp where it is in focus, even where it is not."""
    grain = cv2.GaussianBlur(rng.random(size, np.float32), (0, 0), 1.0)
    grain = (grain - grain.mean()) / grain.std()
    return (np.array(colour, np.float32) * np.clip(1 + 0.35 * grain, 0.1, 2)[..., None]).astype(np.float32)
