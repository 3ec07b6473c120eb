"""What colour a mesh has where a ray meets it."""

import numpy as np
from jaxtyping import Float32, Float64, UInt32

from relens.mesh import Mesh, MeshPart

# What has one colour, or none (clay, this grey), is lit from the camera, so that its form is seen.
_CLAY, _AMBIENT = np.array([0.6, 0.6, 0.6, 1.0]), 0.25


def colour_at(
    mesh: Mesh,
    part_ids: UInt32[np.ndarray, " n"],
    triangle_ids: UInt32[np.ndarray, " n"],
    barycentric: Float32[np.ndarray, "n 2"],
    direction: Float64[np.ndarray, "n 3"],
) -> Float64[np.ndarray, "n 4"]:
    """Linear RGBA, premultiplied, of hits: part, triangle and place on it; unlit where it varies over a part.

    barycentric: weights of the triangle's second and third corner. direction: of the rays, any length.
    """
    rgba = np.empty((len(part_ids), 4))
    for number in np.unique(part_ids):
        here = part_ids == number
        u, v = barycentric[here].astype(np.float64).T
        corners = np.stack([1 - u - v, u, v], axis=1)
        rgba[here] = _of_part(mesh.parts[number], triangle_ids[here], corners, direction[here])
    return rgba


def _of_part(
    part: MeshPart,
    triangle_ids: UInt32[np.ndarray, " n"],
    corners: Float64[np.ndarray, "n 3"],
    direction: Float64[np.ndarray, "n 3"],
) -> Float64[np.ndarray, "n 4"]:
    if part.texture is not None and part.uv is not None:
        uv = np.einsum("nc,ncd->nd", corners, part.uv[triangle_ids])
        return _bilinear(part.texture, uv, part.repeat)
    if part.rgba is not None and part.rgba.ndim == 2:
        return np.einsum("nc,ncd->nd", corners, part.rgba[part.triangles[triangle_ids]])
    a, b, c = (part.vertices_m[part.triangles[triangle_ids, corner]].astype(np.float64) for corner in range(3))
    normal = np.cross(b - a, c - a)
    across = np.linalg.norm(normal, axis=1) * np.linalg.norm(direction, axis=1)
    cosine = np.abs(np.sum(normal * direction, axis=1)) / np.maximum(across, 1e-30)
    colour = _CLAY if part.rgba is None else part.rgba.astype(np.float64)
    shade = (_AMBIENT + (1 - _AMBIENT) * cosine)[:, None]
    return np.concatenate([colour[:3] * shade, np.broadcast_to(colour[3:], shade.shape)], axis=1)


def _bilinear(
    texture: Float32[np.ndarray, "h w 4"], uv: Float64[np.ndarray, "n 2"], repeat: bool
) -> Float64[np.ndarray, "n 4"]:
    height, width = texture.shape[:2]
    x, y = uv[:, 0] * width - 0.5, uv[:, 1] * height - 0.5
    if not repeat:
        x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    x0, y0 = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    rows = [y0 % height, (y0 + 1) % height] if repeat else [y0, np.minimum(y0 + 1, height - 1)]
    columns = [x0 % width, (x0 + 1) % width] if repeat else [x0, np.minimum(x0 + 1, width - 1)]
    top = texture[rows[0], columns[0]] * (1 - fx) + texture[rows[0], columns[1]] * fx
    bottom = texture[rows[1], columns[0]] * (1 - fx) + texture[rows[1], columns[1]] * fx
    return top * (1 - fy) + bottom * fy
