"""Where the light of one point lands: its rays through points of the pupil, past what stands in their way."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from relens.explain.report.points import ScenePoint
from relens.lens import Lens
from relens.scene import Scene

RAYS = 96
# Walked in steps of this many texels; what stands less than this share of the way before the point is the point itself.
_STEP_PX, _OWN = 1.0, 0.02


@dataclass(frozen=True)
class Bundle:
    """The lens rays of one point of the scene.

    Attributes:
        point: where they come from.
        pupil_m: (n, 2) where they pass the pupil, metres right and down of its middle.
        landing_px: (n, 2) column and row of the photo where they meet the picture.
        blocked: (n,) whether something nearer stops them on their way.
    """

    point: ScenePoint
    pupil_m: Float64[np.ndarray, "n 2"]
    landing_px: Float64[np.ndarray, "n 2"]
    blocked: Bool[np.ndarray, " n"]

    @property
    def spread_px(self) -> float:
        """The greatest distance between two places where rays land, pixels of the photo."""
        apart = self.landing_px[:, None] - self.landing_px[None]
        return float(np.hypot(apart[..., 0], apart[..., 1]).max())


def bundle_of(scene: Scene, lens: Lens, point: ScenePoint, seed: int = 0, count: int = RAYS) -> Bundle:
    """The rays of a point through the first `count` points of the lens's own pupil sequence.

    The ray through pupil point o and the scene's point (x0, w0) runs through the photo's pixel x0 + fx o (w - w0) at
    inverse depth w, and meets the picture at the pixel that its crossing of the plane of focus shows: w = 1/F
    (docs/conventions.md). An upright plane of focus; colour errors are left out.
    """
    k = scene.camera.intrinsics
    pupil_m = lens.aperture.samples(count, seed).points * (lens.pupil_diameter_m / 2)
    x = (point.column_px - k.cx_px) / k.fx_px
    y = (point.row_px - k.cy_px) / k.fy_px
    focus = float(lens.focus_inverse_at_m(x, y))
    # Pixels moved for each 1/m.
    slope = pupil_m * [k.fx_px, k.fy_px]
    at = np.array([point.column_px, point.row_px])
    landing = at + slope * (focus - point.inverse_depth)
    return Bundle(point, pupil_m, landing, _blocked(scene, point, slope))


def _blocked(scene: Scene, point: ScenePoint, slope: Float64[np.ndarray, "n 2"]) -> Bool[np.ndarray, " n"]:
    """Whether a ray on its way to the pupil comes out of the front of a surface that is at least half opaque there."""
    nearest = max(float(np.nanmax(layer.inverse_depth)) for layer in scene.layers)
    first = point.inverse_depth + _OWN * (nearest - point.inverse_depth)
    reach_px = float(np.hypot(*slope.T).max(initial=0)) * (nearest - first)
    steps = 2 + math.ceil(max(reach_px, 0) / _STEP_PX)
    blocked = np.zeros(len(slope), bool)
    behind = [blocked.copy() for _ in scene.layers]
    height, width = scene.layers[0].inverse_depth.shape
    for w in np.linspace(first, nearest * (1 + 1e-6), steps):
        places = np.array([point.column_px, point.row_px]) + slope * (w - point.inverse_depth) + scene.border_px
        column, row = np.clip(places.astype(int), 0, [width - 1, height - 1]).T
        for number, layer in enumerate(scene.layers):
            surface = np.nan_to_num(layer.inverse_depth[row, column], nan=-1.0)
            opaque = layer.rgba[row, column, 3] >= 0.5
            blocked |= behind[number] & (surface < w) & opaque
            behind[number] = surface >= w
    return blocked
