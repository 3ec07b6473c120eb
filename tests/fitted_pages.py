"""Pages fitted to the posed scene, whose surface is exact: rays are marched through its signed distance."""

from functools import cache

import numpy as np
from posed_scene import BOX_M, posed_set, signed_distance

from relens.mesh import MeshPart
from relens.multiview.page import PageSettings, fit_page

# Small and short: tests look for what is right, not for the last tenth of a dB.
QUICK = PageSettings(samples=1, steps=60, batch=2048, seed=3, device="cpu")


def exact_sight(origins_m, directions, count):
    """What rays see of the scene, one sample a ray; nothing beyond 6 m."""
    return _march(origins_m, directions, True)


def exact_sight_without_wall(origins_m, directions, count):
    """The same of the scene from all around, which has no wall."""
    return _march(origins_m, directions, False)


def _march(origins_m, directions, wall):
    origins, ways = np.asarray(origins_m, np.float64), np.asarray(directions, np.float64)
    way_m = np.zeros(len(origins))
    for _ in range(80):
        way_m = np.minimum(way_m + signed_distance(origins + way_m[:, None] * ways, wall), 7)
    points = origins + way_m[:, None] * ways
    return points[:, None].astype(np.float32), (way_m < 6)[:, None].astype(np.float32)


@cache
def photos(arc_deg=50.0, held_out=(1,)):
    """Seven small photos."""
    return posed_set(count=7, width_px=48, held_out=held_out, priors=None, arc_deg=arc_deg)


@cache
def page():
    """The page of those photos, seen from ahead."""
    return fit_page(photos(), exact_sight, None, QUICK)


@cache
def mesh(cells=56):
    """The scene's surface, and no colours."""
    from skimage.measure import marching_cubes

    axes = [np.linspace(low, high, cells) for low, high in zip(BOX_M[0] - 0.4, BOX_M[1] + 0.4, strict=True)]
    inside = signed_distance(np.stack(np.meshgrid(*axes, indexing="ij"), -1))
    vertices, triangles, _, _ = marching_cubes(inside, 0.0, spacing=tuple(axis[1] - axis[0] for axis in axes))
    return MeshPart((vertices + BOX_M[0] - 0.4).astype(np.float32), triangles.astype(np.int32))
