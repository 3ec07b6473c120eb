"""Where the fit starts: what fused priors leave of the box, or else a sphere or a plane."""

import numpy as np
from jaxtyping import Float32

from relens.multiview.photo_set import PhotoSet
from relens.multiview.surface.box import Box

# A prior that lies within so many cells of a node speaks of it; what is farther behind it is hidden.
_BAND_CELLS = 3.0
_SMOOTH_CELLS = 0.7
# Farther from the surface than so many betas the start is level, a thin fog: a thin part that the priors miss grows out
# of it at once, and had otherwise to change the distance far around it first.
_LEVEL_BETAS = 5.0


def initial_sdf(
    photos: PhotoSet, box: Box, shape: tuple[int, int, int], cell: float, carves: bool, beta: float
) -> Float32[np.ndarray, "x y z"]:
    """A signed distance in the box's unit at the nodes of a grid.

    Carving: a node is free where most priors that do not hide it say so; one that is hidden in all is solid, and one
    that no photo has in its frame is free: rays run along the frame's edge, and must not graze a wall there. The
    distance to the boundary of the free nodes, smoothed a little, is what the fit starts from. Without priors, or
    without carving: a room's free sphere for "inside", a solid one for "around", a wall at three quarters of the
    triangulated points' depth for "forward".

    Args:
        photos: whose priors and arrangement are used.
        box: what is fitted.
        shape: nodes along x, y, z.
        cell: side of a cell, in the box's unit.
        carves: whether priors are used.
        beta: how soft the surface is at the start.
    """
    index = np.stack(np.meshgrid(*(np.arange(count) for count in shape), indexing="ij"), axis=-1)
    places = (index * cell).reshape(-1, 3)
    if carves and any(photo.prior is not None for photo in photos.fitted):
        carved = _carved(photos, box, places, cell).reshape(shape)
        if carved.any() and not carved.all():
            return _distance(carved, cell, _LEVEL_BETAS * beta)
    return _shape(photos, box, places).reshape(shape).astype(np.float32)


def _carved(photos: PhotoSet, box: Box, places: np.ndarray, cell: float) -> np.ndarray:
    """Which places are free."""
    points_m = places * box.side_m + np.array(box.least_m)
    total, votes, framed = np.zeros(len(places)), np.zeros(len(places)), np.zeros(len(places), bool)
    band_m = _BAND_CELLS * cell * box.side_m
    for photo in photos.fitted:
        if photo.prior is None:
            continue
        k = photo.camera.intrinsics
        local = (points_m - photo.camera.eye_m) @ photo.camera.rotation
        depth_m = local[:, 2]
        ahead = depth_m > 1e-3 * box.side_m
        safe = np.where(ahead, depth_m, 1.0)
        column = np.floor(local[:, 0] / safe * k.fx_px + k.cx_px).astype(int)
        row = np.floor(local[:, 1] / safe * k.fy_px + k.cy_px).astype(int)
        inside = ahead & (column >= 0) & (column < k.width_px) & (row >= 0) & (row < k.height_px)
        column, row = column.clip(0, k.width_px - 1), row.clip(0, k.height_px - 1)
        inverse = photo.prior.inverse_depth[row, column]
        if photo.mask is not None:
            # Beside the subject everything is free.
            inverse = np.where(photo.mask[row, column], inverse, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            before_m = np.where(inverse > 0, 1 / inverse, np.inf) - depth_m
        speaks = inside & np.isfinite(inverse) & (before_m > -band_m)
        total += np.where(speaks, np.clip(before_m / band_m, -1, 1), 0)
        votes += speaks
        framed |= inside
    return ((votes > 0) & (total > 0)) | ~framed


def _distance(free: np.ndarray, cell: float, most: float) -> Float32[np.ndarray, "x y z"]:
    from scipy.ndimage import distance_transform_edt, gaussian_filter

    outside = np.asarray(distance_transform_edt(free))
    inside = np.asarray(distance_transform_edt(~free))
    signed = np.where(free, outside - 0.5, 0.5 - inside) * cell
    return np.asarray(gaussian_filter(signed.clip(-most, most), _SMOOTH_CELLS), np.float32)


def _shape(photos: PhotoSet, box: Box, places: np.ndarray) -> np.ndarray:
    middle = np.array(box.extent) / 2
    off = np.linalg.norm(places - middle, axis=-1)
    if photos.arrangement == "around":
        return off - 0.5 * float(middle.min())
    if photos.arrangement == "inside":
        return 0.9 * float(middle.min()) - off
    known = (photos.points_m[:, 2] - box.least_m[2]) / box.side_m if len(photos.points_m) else np.zeros(0)
    wall = float(np.quantile(known, 0.75)) if len(known) else 0.75 * box.extent[2]
    return wall - places[:, 2]
