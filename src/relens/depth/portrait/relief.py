"""Relief: a face's mesh as a surface on the pixel grid."""

import numpy as np
from jaxtyping import Float, Float32, Float64, Int

from relens.face import Face
from relens.face.face import CHIN, FOREHEAD, LEFT_TEMPLE, RIGHT_TEMPLE

# A blur that hides the mesh's facets and the noise of its points, in widths of the face.
_FACETS = 0.02


def face_relief(
    face: Face, z_m: Float[np.ndarray, "468"], scale: float, shape: tuple[int, int]
) -> Float32[np.ndarray, "h w"]:
    """z-depth in metres of the part of a face that is seen, NaN off it.

    Inverse depth runs linearly over every triangle, as perspective has it; where the mesh folds over itself, in a
    profile, the nearest surface is seen.

    z_m: of the mesh's points. scale: grid pixels per photo pixel. shape: of the grid.
    """
    seen = _drawn(face.mesh_px[:, :2] * scale, 1 / z_m, triangles(face), shape)
    return _smoothed(seen, _FACETS * face.width_px * scale)


def triangles(face: Face) -> Int[np.ndarray, "t 3"]:
    """The mesh's triangles, as numbers of points: Delaunay's, of the points as seen from the front of the face."""
    import cv2

    flat = _frontal(face.mesh_px.astype(np.float64))
    flat = (flat - flat.min(axis=0)) / np.ptp(flat, axis=0).max() * 1000 + 10
    plane = cv2.Subdiv2D((0, 0, 1020, 1020))
    # The vertices' numbers start behind those of the outer triangle.
    numbers = {plane.insert((float(x), float(y))): index for index, (x, y) in enumerate(flat)}
    places = {plane.getVertex(number)[0]: index for number, index in numbers.items()}
    corners = np.asarray(plane.getTriangleList()).reshape(-1, 3, 2).tolist()
    known = [[places.get((x, y)) for x, y in corner] for corner in corners]
    return np.array([one for one in known if None not in one], dtype=np.int64)


def _frontal(mesh: Float64[np.ndarray, "468 3"]) -> Float64[np.ndarray, "468 2"]:
    across = mesh[RIGHT_TEMPLE] - mesh[LEFT_TEMPLE]
    across /= np.linalg.norm(across)
    down = mesh[CHIN] - mesh[FOREHEAD]
    down = down - (down @ across) * across
    return mesh @ np.stack([across, down / np.linalg.norm(down)], axis=1)


def _drawn(
    points: Float[np.ndarray, "468 2"],
    values: Float[np.ndarray, "468"],
    corners: Int[np.ndarray, "t 3"],
    shape: tuple[int, int],
) -> Float32[np.ndarray, "h w"]:
    """The greatest of the values that the triangles have at each pixel centre; NaN where there is none."""
    seen = np.full(shape, np.nan, np.float32)
    for one in corners:
        a, b, c = points[one]
        low = np.maximum(np.ceil(np.minimum(np.minimum(a, b), c) - 0.5), 0).astype(int)
        high = np.minimum(np.floor(np.maximum(np.maximum(a, b), c) - 0.5), [shape[1] - 1, shape[0] - 1]).astype(int)
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if (high < low).any() or area == 0:
            continue
        x = np.arange(low[0], high[0] + 1) + 0.5
        y = np.arange(low[1], high[1] + 1)[:, None] + 0.5
        second = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        third = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        inside = (second >= -1e-6) & (third >= -1e-6) & (second + third <= 1 + 1e-6)
        value = values[one[0]] * (1 - second - third) + values[one[1]] * second + values[one[2]] * third
        window = seen[low[1] : high[1] + 1, low[0] : high[0] + 1]
        window[inside] = np.fmax(window, value)[inside]
    return seen


def _smoothed(inverse: Float32[np.ndarray, "h w"], sigma_px: float) -> Float32[np.ndarray, "h w"]:
    """Metres, from inverse depth, blurred within the face only."""
    import cv2

    known = ~np.isnan(inverse)
    metres = np.divide(1, inverse, out=np.zeros_like(inverse), where=known)
    if sigma_px < 0.3:
        return np.where(known, metres, np.float32(np.nan))
    total = cv2.GaussianBlur(metres, (0, 0), sigma_px)
    share = cv2.GaussianBlur(known.astype(np.float32), (0, 0), sigma_px)
    return np.where(known, total / np.maximum(share, 1e-6), np.float32(np.nan))
