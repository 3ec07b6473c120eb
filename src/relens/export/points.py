"""The points of a scene: one for each visible texel, metric, with normal and colour."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64, UInt8, UInt16

from relens.camera import Camera, Intrinsics
from relens.errors import MissingPackageError, RelensError
from relens.export.grid import CLEAR, Limits, filled, is_steep
from relens.export.normals import facing_normals
from relens.photo.transfer import srgb_encode
from relens.progress import Progress, silent
from relens.ranges import number, positive, whole
from relens.scene import Layer, Scene

# A point is an outlier where the mean distance to its neighbours is so many standard deviations above the layer's mean.
_NEIGHBOURS, _DEVIATIONS = 16, 4.0
_ARRAYS = ("positions_m", "normals", "rgba", "layer")
# Rows of a page worked on at a time, so that temporaries stay small beside the scene.
_BAND_ROWS = 128


@dataclass(frozen=True)
class PointCloud:
    """Points of all layers.

    Convention: world frame, OpenCV axes (+x right, +y down, +z forward), metres; the writer turns them.

    Attributes:
        positions_m: (n, 3).
        normals: (n, 3) unit length, on the camera's side.
        rgba: (n, 4) 8-bit sRGB, straight alpha.
        layer: (n,) which of the names the point belongs to.
        layer_names: front to back.
        notes: what the user should know about what was left out, a line each.
    """

    positions_m: Float32[np.ndarray, "n 3"]
    normals: Float32[np.ndarray, "n 3"]
    rgba: UInt8[np.ndarray, "n 4"]
    layer: UInt16[np.ndarray, " n"]
    layer_names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def chosen(self, which: np.ndarray) -> "PointCloud":
        """Some of the points, by mask or index."""
        arrays = {name: getattr(self, name)[which] for name in _ARRAYS}
        return replace(self, **arrays)


def scene_points(
    scene: Scene,
    *,
    least_alpha: float = 0.5,
    step: int = 1,
    voxel_m: float | None = None,
    clean: bool = True,
    limits: Limits | None = None,
    progress: Progress = silent,
) -> PointCloud:
    """The points of all layers.

    Args:
        scene: the layers.
        least_alpha: texels with at least this much alpha become points; clear ones never do.
        step: only every so-manieth row and column of the pages.
        voxel_m: at most one point of a layer in every cube of this size.
        clean: leaves out statistical outliers (flying pixels): open3d's `remove_statistical_outlier`, layer by layer,
            in (x/z, y/z, log z), where the spacing of a surface's points does not grow with its distance.
        limits: what is surface; the default for None. What is farther is left out or clamped.
        progress: told how far the work is.

    Raises RelensError when no point is left, ValueRangeError for numbers out of range, MissingPackageError when
    cleaning without open3d.
    """
    limits = limits or Limits()
    number("least_alpha", least_alpha, "more than 0 and at most 1", np.nextafter(0, 1), 1)
    whole("step", step, "a whole number of texels, 1 or more", 1)
    if voxel_m is not None:
        positive("voxel_m", voxel_m, "a positive finite size in metres")
    k, parts, notes, outliers = scene.camera.intrinsics, [], [], 0
    for index, layer in enumerate(scene.layers):
        progress("points", index / len(scene.layers))
        taken = np.zeros(layer.inverse_depth.shape, bool)
        alpha = layer.rgba[::step, ::step, 3]
        taken[::step, ::step] = (alpha >= least_alpha) & (alpha > CLEAR)
        far = taken & (layer.inverse_depth < limits.least_inverse_depth)
        if far.any():
            notes.append(f"layer {layer.name}: {limits.note(f'{far.sum()} points')}")
            taken &= ~far | (limits.beyond == "clamp")
        points = _points(layer, index, taken, scene.border_px, k, limits)
        if voxel_m is not None:
            points = points.chosen(_one_in_each(points.positions_m, voxel_m))
        if clean:
            kept = _inliers(points.positions_m)
            outliers += int(np.count_nonzero(~kept))
            points = points.chosen(kept)
        parts.append(points)
    if not any(len(part.layer) for part in parts):
        raise RelensError("the scene has no visible point to export; lift the photo again, or lower least_alpha")
    if outliers:
        notes.append(f"{outliers} outliers were left out")
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS}
    progress("points", 1.0)
    return PointCloud(**arrays, layer_names=tuple(layer.name for layer in scene.layers), notes=tuple(notes))


def _points(
    layer: Layer, index: int, taken: Bool[np.ndarray, "h w"], border_px: int, k: Intrinsics, limits: Limits
) -> PointCloud:
    inverse_depth, bands = filled(layer.inverse_depth), []
    for start in range(0, len(taken), _BAND_ROWS):
        above = min(start, 1)
        w = np.maximum(inverse_depth[start - above : start + _BAND_ROWS + 1], limits.least_inverse_depth)
        rows = slice(above, above + len(taken[start : start + _BAND_ROWS]))
        row, column = taken[start : start + _BAND_ROWS].nonzero()
        slope = [_slope(w, k, limits, axis)[rows][row, column] for axis in (1, 0)]
        centre = np.stack([column, row + start], axis=-1) + 0.5 - border_px
        bands.append(
            _band(
                layer.rgba[row + start, column], np.column_stack([centre, w[rows][row, column]]), np.stack(slope, -1), k
            )
        )
    positions_m, normals, rgba = (np.concatenate(arrays) for arrays in zip(*bands, strict=True))
    return PointCloud(positions_m, normals, rgba, np.full(len(rgba), index, np.uint16), (layer.name,))


def _band(
    rgba: Float32[np.ndarray, "n 4"],
    pixels: Float64[np.ndarray, "n 3"],
    slope: Float32[np.ndarray, "n 2"],
    k: Intrinsics,
) -> tuple[Float32[np.ndarray, "n 3"], Float32[np.ndarray, "n 3"], UInt8[np.ndarray, "n 4"]]:
    """Positions, normals and colours of points given by their pixel (column, row, inverse depth)."""
    straight = srgb_encode(np.clip(rgba[:, :3] / rgba[:, 3:], 0, 1))
    colour = np.rint(np.column_stack([straight, np.minimum(rgba[:, 3], 1)]) * 255).astype(np.uint8)
    normals = facing_normals(pixels, slope, k)
    return Camera(k).unproject(pixels).astype(np.float32), normals, colour


def _slope(
    inverse_depth: Float32[np.ndarray, "h w"], k: Intrinsics, limits: Limits, axis: int
) -> Float32[np.ndarray, "h w"]:
    """The mean of the steps to both neighbours along an axis, without those that tear the surface."""
    step = np.diff(inverse_depth, axis=axis)
    whole = (~is_steep(inverse_depth, k, limits, axis)).astype(np.float32)
    step *= whole
    before, after = ([(1, 0), (0, 0)], [(0, 1), (0, 0)]) if axis == 0 else ([(0, 0), (1, 0)], [(0, 0), (0, 1)])
    return (np.pad(step, before) + np.pad(step, after)) / np.maximum(np.pad(whole, before) + np.pad(whole, after), 1)


def _one_in_each(positions_m: Float32[np.ndarray, "n 3"], voxel_m: float) -> Int64[np.ndarray, " m"]:
    """Indices of the first point in every cube."""
    # In floats: cubes that are small have numbers beyond all integers.
    cube = [np.floor(axis.astype(np.float64) / voxel_m) for axis in positions_m.T]
    order = np.lexsort(cube)
    is_first = np.any([np.diff(axis[order], prepend=np.nan) != 0 for axis in cube], axis=0)
    return np.sort(order[is_first])


def _inliers(positions_m: Float32[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
    try:
        import open3d
    except ImportError as error:
        raise MissingPackageError("open3d", "leaving out outliers", "pip install 'relens[mesh]'") from error
    kept = np.zeros(len(positions_m), bool)
    if len(positions_m) <= _NEIGHBOURS:
        return ~kept
    x, y, z = positions_m.T.astype(np.float64)
    cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(np.stack([x / z, y / z, np.log(z)], axis=-1)))
    kept[np.asarray(cloud.remove_statistical_outlier(_NEIGHBOURS, _DEVIATIONS)[1], np.intp)] = True
    return kept
