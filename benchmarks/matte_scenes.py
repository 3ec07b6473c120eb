"""Pictures whose matte is known: a furry thing before a textured background, blended in linear light."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from relens.photo import srgb_decode

# Coverage is counted in so many by so many points of each pixel.
_POINTS = 8


@dataclass(frozen=True)
class MatteScene:
    """A picture and the truth behind it.

    Attributes:
        name: what the table calls it.
        linear: (h, w, 3) the picture, linear light.
        alpha: (h, w) the foreground's coverage.
        foreground: (h, w, 3) its own colour, straight.
    """

    name: str
    linear: np.ndarray
    alpha: np.ndarray
    foreground: np.ndarray


def hairy(name: str, background: np.ndarray, side_px: int = 640, seed: int = 0, dark: bool = True) -> MatteScene:
    """A ball with hair of 0.4 to 2.5 pixels before a background (linear light)."""
    random = np.random.default_rng(seed)
    alpha = _hair_coverage(side_px, random)
    colour = np.array([0.05, 0.03, 0.02] if dark else [0.55, 0.38, 0.2], np.float32)
    foreground = colour * np.exp(0.5 * _noise(side_px, random, 3.0))[..., None].astype(np.float32)
    behind = cv2.resize(background, (side_px, side_px), interpolation=cv2.INTER_LINEAR)
    linear = alpha[..., None] * foreground + (1 - alpha[..., None]) * behind
    linear = np.clip(linear + random.normal(0, 0.002, linear.shape), 0, 1)
    return MatteScene(name, linear.astype(np.float32), alpha, foreground)


def backgrounds(bench: Path, seed: int = 1) -> dict[str, np.ndarray]:
    """A smooth one, a textured one, and crops of path-traced pictures where there are some; linear light."""
    random = np.random.default_rng(seed)
    tint = np.array([0.5, 0.6, 0.4], np.float32)
    found = {
        "blur": np.exp(0.4 * _noise(512, random, 40.0))[..., None] * tint,
        "cloth": np.exp(0.5 * _noise(512, random, 2.0) + 0.4 * _noise(512, random, 30.0))[..., None] * tint,
    }
    for path in sorted(bench.glob("scenes/*/photo.npz")):
        picture = np.load(path)["linear"].astype(np.float32)
        side = min(picture.shape[:2])
        found[path.parent.name] = picture[:side, -side:]
    return {name: picture.astype(np.float32) for name, picture in found.items()}


def traced(folder: Path) -> list[MatteScene]:
    """The path-traced scenes that have a foreground (benchmarks/truth.py), where they have been made."""
    scenes = []
    for path in sorted(folder.glob("scenes/*/alpha.npz")):
        alpha = np.load(path)["alpha"].astype(np.float32)
        linear = np.load(path.parent / "photo.npz")["linear"].astype(np.float32)
        premultiplied = np.load(path.parent / "foreground.npz")["linear"].astype(np.float32)
        scenes.append(MatteScene(path.parent.name, linear, alpha, premultiplied / np.maximum(alpha, 1e-3)[..., None]))
    return scenes


def coarse_mask(alpha: np.ndarray, side_px: int = 256) -> np.ndarray:
    """What a network would say: few cells, soft, blind to thin hair."""
    cells = cv2.resize(alpha, (side_px, side_px), interpolation=cv2.INTER_AREA)
    solid = cv2.morphologyEx(cells, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.clip(cv2.GaussianBlur(solid, (0, 0), 1.5), 0, 1).astype(np.float32)


def _hair_coverage(side_px: int, random: np.random.Generator) -> np.ndarray:
    fine = side_px * _POINTS
    canvas = np.zeros((fine, fine), np.uint8)
    centre = np.array([0.5, 0.58]) * fine
    cv2.circle(canvas, (round(centre[0]), round(centre[1])), round(0.26 * fine), 1, -1)
    for _ in range(350):
        turn = random.uniform(-np.pi, 0.15 * np.pi)
        length = fine * random.uniform(0.05, 0.2)
        bend = random.normal(0, 0.6)
        step = np.linspace(0, 1, 24)
        direction = turn + bend * step
        path = np.cumsum(np.stack([np.cos(direction), np.sin(direction)], axis=1), axis=0) * length / 24
        start = centre + 0.255 * fine * np.array([np.cos(turn), np.sin(turn)])
        thick = max(1, round(_POINTS * random.uniform(0.4, 2.5)))
        cv2.polylines(canvas, [np.round(start + path).astype(np.int32)], False, 1, thick)
    return cv2.resize(canvas.astype(np.float32), (side_px, side_px), interpolation=cv2.INTER_AREA)


def _noise(side_px: int, random: np.random.Generator, spread_px: float) -> np.ndarray:
    """Smooth noise of deviation 1."""
    noise = cv2.GaussianBlur(random.standard_normal((side_px, side_px)), (0, 0), spread_px)
    return noise / noise.std()


__all__ = ["MatteScene", "backgrounds", "coarse_mask", "hairy", "srgb_decode", "traced"]
