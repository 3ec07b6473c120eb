"""textured: a fitted surface's mesh with the page as its texture."""

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64

from relens.mesh import Mesh, MeshPart
from relens.multiview.page.field import TexelField
from relens.multiview.page.page_fit import PageFit
from relens.multiview.page.subdivide import subdivided

# Texture coordinates run straight along a triangle, the field does not: edges are halved until it differs by less.
_MOST_OFF_PX = 0.35
# An edge with one end hidden is halved until it is this short, so that the border between both parts runs true.
_BORDER_PX = 2.0
_ROUNDS, _MOST_TRIANGLES = 8, 3_000_000


def textured(mesh: MeshPart, page_fit: PageFit) -> Mesh:
    """The mesh with the page as texture, in one part.

    Triangles are split where straight texture coordinates would be more than a third of a texel off, and along the
    border between what the canonical camera sees and what hides behind it. Each triangle lies in one part of the page
    as a whole. Where the page goes round, coordinates of a triangle may leave 0 to 1, and the texture repeats.
    """
    field, page = page_fit.field, page_fit.page
    vertices_m, triangles = subdivided(
        mesh.vertices_m,
        mesh.triangles,
        lambda first_m, second_m: _bends(field, first_m, second_m),
        rounds=_ROUNDS,
        most_triangles=_MOST_TRIANGLES,
    )
    parts = _parts_of(field, page, vertices_m, triangles)
    uv = texture_coordinates(field, vertices_m, triangles, parts)
    return Mesh((MeshPart(vertices_m, triangles, uv, page, repeat=field.layout.goes_round),))


def texture_coordinates(
    field: TexelField,
    vertices_m: Float32[np.ndarray, "n 3"],
    triangles: Int32[np.ndarray, "m 3"],
    parts: Int64[np.ndarray, " m"],
) -> Float32[np.ndarray, "m 3 2"]:
    """Texture coordinates of all corners; no triangle is torn apart by the page's seam."""
    layout = field.layout
    corners = field.texels(vertices_m[triangles.ravel()], np.repeat(parts, 3)).reshape(-1, 3, 2)
    corners = _beside(corners, corners[:, :1], layout.width_px if layout.goes_round else None)
    return (corners / [layout.width_px, layout.height_px]).astype(np.float32)


def _parts_of(
    field: TexelField,
    page: Float32[np.ndarray, "h w 4"],
    vertices_m: Float32[np.ndarray, "n 3"],
    triangles: Int32[np.ndarray, "m 3"],
) -> Int64[np.ndarray, " m"]:
    """The part of each triangle: that of its middle, unless only another one has something there."""
    middles = vertices_m[triangles].mean(axis=1)
    parts = field.parts(middles)
    count = 1 + len(field.layout.hidden_px)
    shown = np.stack([_alpha_at(page, field, middles, np.full(len(middles), part)) > 0.5 for part in range(count)])
    itself = shown[parts, np.arange(len(parts))]
    return np.where(itself | ~shown.any(axis=0), parts, shown.argmax(axis=0))


def _alpha_at(
    page: Float32[np.ndarray, "h w 4"], field: TexelField, points_m: np.ndarray, parts: np.ndarray
) -> Float32[np.ndarray, " n"]:
    column, row = np.floor(field.texels(points_m, parts)).astype(np.int64).T
    return page[np.clip(row, 0, page.shape[0] - 1), column % page.shape[1], 3]


def _bends(
    field: TexelField, first_m: Float32[np.ndarray, "e 3"], second_m: Float32[np.ndarray, "e 3"]
) -> Bool[np.ndarray, " e"]:
    """Which edges to halve."""
    front = np.zeros(len(first_m), np.int64)
    first, second = field.texels(first_m, front), field.texels(second_m, front)
    turn_px = field.layout.width_px if field.layout.goes_round else None
    second = _beside(second, first, turn_px)
    off_px = np.zeros(len(first))
    # Three places: in the middle alone, an edge that bends to both sides looks straight.
    for share in (0.25, 0.5, 0.75):
        between = (1 - share) * first + share * second
        there = field.texels(((1 - share) * first_m + share * second_m).astype(np.float32), front)
        off_px = np.maximum(off_px, np.linalg.norm(between - _beside(there, between, turn_px), axis=1))
    at_border = field.parts(first_m) != field.parts(second_m)
    length_px = np.linalg.norm(second - first, axis=1)
    return (off_px > _MOST_OFF_PX) | (at_border & (length_px > _BORDER_PX))


def _beside(
    texels: Float64[np.ndarray, "*n 2"], others: Float64[np.ndarray, "*m 2"], turn_px: int | None
) -> Float64[np.ndarray, "*n 2"]:
    """Texels brought by whole turns to within half a turn of others; None where the page has no turns."""
    if turn_px is None:
        return texels
    turns = np.round((texels[..., :1] - others[..., :1]) / turn_px)
    return texels - turns * [turn_px, 0]
