"""render_page: a view of the fitted surface with its page, without a mesh and without a refit."""

from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.multiview.page.lookup import read_bicubic
from relens.multiview.page.page_fit import PageFit
from relens.multiview.page.seen_points import rays_of, see_in_parts, sight_of

_LEAST = 0.5


def render_page(page_fit: PageFit, surface: Any, camera: Camera) -> Float32[np.ndarray, "h w 3"]:
    """What a camera sees, linear light: the page looked up where its rays see the surface.

    Rays that meet less than half of a surface show it over black; else all that they meet counts as the whole.

    Args:
        page_fit: the page, edited or not, and its field.
        surface: a SurfaceFit, or a `Sight`.
        camera: in the fit's world.
    """
    k = camera.intrinsics
    origins_m, directions = rays_of(camera)
    points, weights = see_in_parts(sight_of(surface), origins_m, directions, page_fit.settings.samples)
    seen = weights > 0
    rgba = np.zeros((*weights.shape, 4), np.float32)
    texels = page_fit.texels(points[seen])
    rgba[seen] = np.maximum(read_bicubic(page_fit.page, texels, page_fit.field.layout.goes_round), 0)
    gathered = (rgba * weights[..., None]).sum(axis=1)
    shown = gathered[:, :3] / np.maximum(gathered[:, 3:], _LEAST)
    return shown.reshape(k.height_px, k.width_px, 3).astype(np.float32)
