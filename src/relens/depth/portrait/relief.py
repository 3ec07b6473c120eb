"""The surface between the points of a face mesh."""

import numpy as np
from jaxtyping import Bool, Float, Float32


def mesh_surface(
    points_px: Float[np.ndarray, "n 2"], values: Float[np.ndarray, " n"], size_px: tuple[int, int]
) -> tuple[Float32[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    """Values between points (column, row), linear over each triangle of their Delaunay triangulation, and where those are.

    Linear inverse depth in the picture is a plane in space. size_px: (width, height). Outside the triangles it is 0.
    """
    width, height = size_px
    surface, inside = np.zeros((height, width), np.float32), np.zeros((height, width), bool)
    for corners in _triangles(points_px):
        (x0, y0), (x1, y1), (x2, y2) = points_px[corners]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        # Pixel centres lie at +0.5.
        left, right = max(int(min(x0, x1, x2) - 0.5), 0), min(int(max(x0, x1, x2) + 0.5), width)
        top, bottom = max(int(min(y0, y1, y2) - 0.5), 0), min(int(max(y0, y1, y2) + 0.5), height)
        if area == 0 or left >= right or top >= bottom:
            continue
        x, y = np.arange(left, right) + 0.5, np.arange(top, bottom)[:, None] + 0.5
        second = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / area
        third = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / area
        covered = (second >= -1e-9) & (third >= -1e-9) & (second + third <= 1 + 1e-9)
        v0, v1, v2 = values[corners]
        part = surface[top:bottom, left:right]
        part[covered] = (v0 + second * (v1 - v0) + third * (v2 - v0))[covered]
        inside[top:bottom, left:right] |= covered
    return surface, inside


def _triangles(points_px: np.ndarray) -> list[list[int]]:
    """Indices of the corners of each triangle."""
    import cv2

    points = points_px.astype(np.float32)
    low, high = np.floor(points.min(axis=0)) - 1, np.ceil(points.max(axis=0)) + 2
    plane = cv2.Subdiv2D((int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])))
    for point in points:
        plane.insert((float(point[0]), float(point[1])))
    index = {(float(x), float(y)): number for number, (x, y) in enumerate(points)}
    triangles = []
    for x0, y0, x1, y1, x2, y2 in plane.getTriangleList().astype(float):
        corners = [index.get(corner) for corner in ((x0, y0), (x1, y1), (x2, y2))]
        # Triangles with the corners of the plane itself are none of the mesh.
        known = [corner for corner in corners if corner is not None]
        if len(known) == 3:
            triangles.append(known)
    return triangles
