"""Pictures of splats: the reference's rasteriser on the CPU, with the depth of a surface instead of a mean."""

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.capture.footprints import LEAST_ALPHA, footprints
from relens.capture.view import View
from relens.errors import ValueRangeError
from relens.photo.transfer import srgb_decode
from relens.progress import Progress, silent
from relens.render.threads import on_all_cores
from relens.splats import Splats


def render_splats(
    splats: Splats,
    camera: Camera,
    beyond: Float32[np.ndarray, "h w"] | None = None,
    *,
    progress: Progress = silent,
) -> View:
    """What a pinhole camera sees of splats: colour, alpha, and the inverse depth where half of a ray is stopped.

    Blended front to back at pixel centres, each splat widened by the pixel's own filter (0.3 px²) as it was trained, so
    that no more samples a pixel are needed. Splats of encoded colours (`Splats.colour_space`) are blended encoded, as
    they were trained, and the sum is decoded then.

    Args:
        splats: what to look at.
        camera: in the splats' world.
        beyond: (h, w) 1/m; only what is farther counts. inf is all, 0 leaves a pixel out.
        progress: told how far the work is; may raise to stop it.

    Raises ValueRangeError for a `beyond` of another size than the picture.

    Source: Kerbl et al., "3D Gaussian Splatting", 2023, sections 4 to 6; Zwicker et al., "EWA Volume Splatting", 2001.
    """
    from relens.capture.splat_kernel import TILE_PX, blend_strip

    size = camera.intrinsics.height_px, camera.intrinsics.width_px
    if beyond is None:
        beyond = np.full(size, np.inf, np.float32)
    if beyond.shape != size:
        raise ValueRangeError("beyond", beyond.shape, f"{size}, the picture's")
    seen = footprints(splats, camera)
    blended, clear = np.zeros((*size, 3), np.float32), np.ones(size, np.float32)
    inverse_depth = np.full(size, np.nan, np.float32)
    tops = [top for top in range(0, size[0], TILE_PX) if (beyond[top : top + TILE_PX] > 0).any()]
    on_all_cores(
        lambda top: blend_strip(top, seen.splat, seen.box, LEAST_ALPHA, beyond, blended, clear, inverse_depth),
        tops,
        lambda done: progress("splats", done / len(tops)),
    )
    alpha = 1 - clear
    colour = blended if splats.colour_space == "linear" else _decoded(blended, alpha)
    return View(colour, alpha, inverse_depth)


def _decoded(blended: Float32[np.ndarray, "h w 3"], alpha: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w 3"]:
    """Linear light, premultiplied, from encoded colours that were premultiplied."""
    straight = blended / np.where(alpha > 0, alpha, np.float32(1))[..., None]
    return srgb_decode(straight) * alpha[..., None]
