"""Figure of docs/limits.md: a real lens's spots, traced by Snell's law, beside the thin lens's discs."""

import math
from pathlib import Path

import numpy as np
from drawing import Drawing

# A biconvex singlet of crown glass, 100 mm and f/4: nobody's portrait lens, but a lens.
INDEX, RADIUS_MM, THICKNESS_MM, PUPIL_MM = 1.5168, 103.0, 6.0, 25.0


def bent(direction: np.ndarray, normal: np.ndarray, ratio: float) -> np.ndarray:
    """Snell's law in vectors: unit directions (n, 3) at a surface whose unit normals face the light."""
    cosine = -np.sum(direction * normal, axis=1, keepdims=True)
    return ratio * direction + (ratio * cosine - np.sqrt(1 - ratio**2 * (1 - cosine**2))) * normal


def through(origin: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rays (n, 3) through both surfaces of the singlet, whose vertices lie at z = 0 and at its thickness, mm."""
    for vertex, radius, ratio in ((0.0, RADIUS_MM, 1 / INDEX), (THICKNESS_MM, -RADIUS_MM, INDEX)):
        centre = np.array([0, 0, vertex + radius])
        to = origin - centre
        b = np.sum(to * direction, axis=1)
        root = np.sqrt(b**2 - (np.sum(to**2, axis=1) - radius**2))
        t = -b - root if radius > 0 else -b + root
        origin = origin + t[:, None] * direction
        normal = (origin - centre) / radius
        direction = bent(direction, normal, ratio)
    return origin, direction


def spot(angle_rad: float, points: np.ndarray, sensor_mm: float) -> np.ndarray:
    """Where parallel rays at an angle through pupil points (unit disc) meet the sensor, (n, 2) mm."""
    direction = np.tile([0, math.sin(angle_rad), math.cos(angle_rad)], (len(points), 1))
    start = np.column_stack([points * PUPIL_MM / 2, np.zeros(len(points))]) - 20 * direction
    origin, direction = through(start, direction)
    t = (sensor_mm - origin[:, 2]) / direction[:, 2]
    return (origin + t[:, None] * direction)[:, :2]


def best_focus_mm() -> float:
    """Where axial rays from 0.7 of the pupil's radius cross the axis: the sharpest place for this lens, about."""
    origin, direction = through(np.array([[0, 0.7 * PUPIL_MM / 2, -20.0]]), np.array([[0, 0, 1.0]]))
    return float(origin[0, 2] - origin[0, 1] * direction[0, 2] / direction[0, 1])


def spots(folder: Path) -> None:
    """Spot diagrams in focus and before it, in the middle and off the axis."""
    from relens import Aperture

    points = Aperture().samples(256).points
    focus_mm = best_focus_mm()
    drawing = Drawing(760, 420, "Spots of a real singlet in the middle and off the axis, and those of a thin lens")
    titles = ("in focus, axis", "in focus, 5° off", "2 mm off focus, axis", "2 mm off focus, 5° off")
    for column, words in enumerate(titles):
        drawing.text(200 + 150 * column, 32, words, "ink", 12.5, "middle")
    for row, words in enumerate(("a singlet,", "the thin lens")):
        drawing.text(22, 120 + 170 * row, words, "ink", 13, bold=True)
    drawing.text(22, 138, "Snell's law", "soft", 12)
    drawing.text(22, 308, "of relens", "soft", 12)
    scale = 125.0
    for column, (off_mm, degrees) in enumerate(((0, 0), (0, 5), (2, 0), (2, 5))):
        real = spot(math.radians(degrees), points, focus_mm - off_mm)
        real = real - np.median(real, axis=0)
        # Disc of the thin lens: D |v - v_z| / v_z, the same everywhere in the picture.
        thin = points * (PUPIL_MM * off_mm / focus_mm / 2)
        for row, places in enumerate((real, thin)):
            x, y = 200 + 150 * column, 120 + 170 * row
            clip = drawing.clip(x - 72, y - 76, 144, 152)
            drawing.rectangle(x - 72, y - 76, 144, 152, "fill", 0.55)
            for u, v in places:
                drawing.dot(x + scale * u, y - scale * v, 1.5, "orange" if row == 0 else "blue", clip)
            if column == 0 and row == 0:
                drawing.arrow((x - 60, y + 66), (x - 60 + 0.2 * scale, y + 66), "soft", both=True)
                drawing.text(x - 60 + 0.2 * scale + 6, y + 70, "0.2 mm", "soft", 11)
    words = f"biconvex crown glass, f = {focus_mm:.0f} mm behind the first surface, f/4; parallel light"
    drawing.text(380, 402, words, "soft", 12, "middle")
    drawing.save(folder / "spots.svg")


FIGURES = {"spots": spots}
