"""Triangle meshes made in code: everything is a grid of points with a picture stretched over it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Shape:
    """Triangles in the photo's camera frame (metres, +y down, +z forward).

    Attributes:
        vertices_m: (v, 3). normals: (v, 3), unit. uv: (v, 2), 0 to 1, v downwards. triangles: (t, 3) int.
    """

    vertices_m: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray

    def moved(self, x_m: float = 0.0, y_m: float = 0.0, z_m: float = 0.0) -> "Shape":
        """The shape somewhere else."""
        return replace(self, vertices_m=self.vertices_m + np.array([x_m, y_m, z_m]))

    def turned(self, yaw_rad: float = 0.0, pitch_rad: float = 0.0, roll_rad: float = 0.0) -> "Shape":
        """The shape rotated about the frame's y, then x, then z axis."""
        turn = rotation(yaw_rad, pitch_rad, roll_rad)
        return replace(self, vertices_m=self.vertices_m @ turn.T, normals=self.normals @ turn.T)

    def within(self, left: float, top: float, right: float, bottom: float) -> "Shape":
        """The shape with its uv square squeezed into a part of the texture."""
        return replace(self, uv=self.uv * [right - left, bottom - top] + [left, top])

    def repeated(self, across: float, down: float) -> "Shape":
        """The shape with its texture repeated."""
        return replace(self, uv=self.uv * [across, down])


def rotation(yaw_rad: float = 0.0, pitch_rad: float = 0.0, roll_rad: float = 0.0) -> np.ndarray:
    """3x3 rotation about y, then x, then z."""
    (cy, cp, cr), (sy, sp, sr) = np.cos([yaw_rad, pitch_rad, roll_rad]), np.sin([yaw_rad, pitch_rad, roll_rad])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_z @ about_x @ about_y


def joined(*shapes: Shape) -> Shape:
    """Many shapes as one, sharing a texture."""
    starts = np.cumsum([0, *(len(shape.vertices_m) for shape in shapes[:-1])])
    return Shape(
        np.concatenate([shape.vertices_m for shape in shapes]),
        np.concatenate([shape.normals for shape in shapes]),
        np.concatenate([shape.uv for shape in shapes]),
        np.concatenate([shape.triangles + start for shape, start in zip(shapes, starts, strict=True)]),
    )


def sheet(points_m: np.ndarray, normals: np.ndarray | None = None) -> Shape:
    """A grid of points (rows, columns, 3): rows run along v, columns along u. Normals from the grid if not given."""
    rows, columns = points_m.shape[:2]
    if normals is None:
        normals = np.cross(np.gradient(points_m, axis=1), np.gradient(points_m, axis=0))
    normals = np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12))
    v, u = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    lower, upper = [corner, corner + 1, corner + columns], [corner + 1, corner + columns + 1, corner + columns]
    triangles = np.concatenate([np.column_stack(lower), np.column_stack(upper)])
    return Shape(points_m.reshape(-1, 3), normals.reshape(-1, 3), np.column_stack([u.ravel(), v.ravel()]), triangles)


def quad(top_left: tuple, top_right: tuple, bottom_left: tuple) -> Shape:
    """A parallelogram through three corners."""
    a, b, c = np.array([top_left, top_right, bottom_left], float)
    return sheet(np.array([[a, b], [c, b + c - a]]))


def upright(x_m: float, y_m: float, z_m: float, width_m: float, height_m: float) -> Shape:
    """A rectangle that faces the photo's camera, by its middle."""
    left, top = x_m - width_m / 2, y_m - height_m / 2
    return quad((left, top, z_m), (left + width_m, top, z_m), (left, top + height_m, z_m))


def box(x_m: float, y_m: float, z_m: float, width_m: float, height_m: float, depth_m: float, yaw_rad=0.0) -> Shape:
    """A box by its middle, turned about its upright axis."""
    w, h, d = width_m / 2, height_m / 2, depth_m / 2
    sides = [
        quad((-w, -h, -d), (w, -h, -d), (-w, h, -d)),
        quad((w, -h, d), (-w, -h, d), (w, h, d)),
        quad((-w, -h, d), (-w, -h, -d), (-w, h, d)),
        quad((w, -h, -d), (w, -h, d), (w, h, -d)),
        quad((-w, -h, d), (w, -h, d), (-w, -h, -d)),
        quad((-w, h, -d), (w, h, -d), (-w, h, d)),
    ]
    return joined(*sides).turned(yaw_rad).moved(x_m, y_m, z_m)


def ellipsoid(x_m: float, y_m: float, z_m: float, radii_m: tuple[float, float, float]) -> Shape:
    """An ellipsoid by its middle; u runs around the upright axis, v down along it."""
    down, around = np.meshgrid(np.linspace(0, np.pi, 49), np.linspace(0, 2 * np.pi, 97), indexing="ij")
    unit = np.stack([np.sin(down) * np.sin(around), -np.cos(down), np.sin(down) * np.cos(around)], axis=-1)
    return sheet(unit * radii_m, unit / np.asarray(radii_m)).moved(x_m, y_m, z_m)


def turned_on_lathe(profile_m: np.ndarray) -> Shape:
    """A vessel from its profile (n, 2): radius and height y, top first, about the y axis."""
    around = np.linspace(0, 2 * np.pi, 97)
    ring = np.stack([np.sin(around), np.zeros_like(around), np.cos(around)], axis=-1)
    slope = np.gradient(profile_m, axis=0)
    outwards = ring * slope[:, 1, None, None] + np.array([0, -1, 0]) * slope[:, 0, None, None]
    upright_m = np.array([0.0, 1, 0]) * profile_m[:, 1, None, None]
    return sheet(ring * profile_m[:, 0, None, None] + upright_m, outwards)


def tube(path_m: np.ndarray, radius_m: np.ndarray | float, sides: int = 10) -> Shape:
    """A round rod along a path (n, 3) with a radius for each of its points; u runs along it, v around."""
    along = np.gradient(path_m, axis=0)
    along /= np.linalg.norm(along, axis=-1, keepdims=True)
    helper = np.eye(3)[np.argmin(np.abs(along.mean(axis=0)))]
    first = np.cross(along, helper)
    first /= np.linalg.norm(first, axis=-1, keepdims=True)
    second = np.cross(along, first)
    angle = np.linspace(0, 2 * np.pi, sides + 1)[:, None, None]
    outwards = np.cos(angle) * first + np.sin(angle) * second
    radii_m = np.broadcast_to(radius_m, len(path_m))[None, :, None]
    return sheet(path_m + radii_m * outwards, outwards)


def ribbon(path_m: np.ndarray, width_m: float) -> Shape:
    """A flat strand along a path (n, 3) that faces the photo's camera; u runs along it, v across."""
    along = np.gradient(path_m, axis=0)
    across = np.cross(along, [0.0, 0, 1])
    across *= 0.5 * width_m / np.linalg.norm(across, axis=-1, keepdims=True)
    return sheet(np.stack([path_m + across, path_m - across]))


def leaf(length_m: float, width_m: float, fold: float, droop: float) -> Shape:
    """A pointed blade from the origin along +x, folded at its rib and drooping (+y); u runs along it, v across."""
    along, across = np.meshgrid(np.linspace(0, 1, 13), np.linspace(-1, 1, 7), indexing="xy")
    half = 0.5 * width_m * np.sin(np.pi * along**0.8) * (1 - 0.15 * along)
    x = length_m * (along - 0.25 * droop * along**2)
    y = length_m * 0.5 * droop * along**2 - fold * half * np.abs(across)
    return sheet(np.stack([x, y, half * across], axis=-1))


def curve(points_m: Sequence, count: int = 24) -> np.ndarray:
    """A smooth path through a few points (Catmull-Rom), (count, 3)."""
    points = np.asarray(points_m, float)
    padded = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    place = np.linspace(0, len(points) - 1, count)
    first = np.minimum(place.astype(int), len(points) - 2)
    t = (place - first)[:, None]
    a, b, c, d = (padded[first + step] for step in range(4))
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
