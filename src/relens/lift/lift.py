"""lift: a photo and its depth become a layered scene."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.depth import find_depth, fit_depth
from relens.depth.request import DepthInput, DepthRequest
from relens.errors import ValueRangeError
from relens.lift.border import border_width_px, widened
from relens.lift.peel import Sheet, peel
from relens.lift.reach import Reach
from relens.lift.softness import silhouette_softness_px
from relens.lift.specks import without_specks
from relens.lift.subject import split_subject
from relens.lift.surface import Surface, find_cuts
from relens.matte.matte import MatteInput, find_matte
from relens.photo import Photo
from relens.progress import Progress, silent
from relens.scene import Scene

# A 30 mm pupil radius (85 mm at f/1.4) and a camera move of 40 mm together.
DEFAULT_REACH_M = 0.07
_MOST_PEELS = 8


def lift(
    photo: Photo,
    *,
    depth: DepthInput | DepthRequest = "auto",
    fx_px: float | None = None,
    matte: MatteInput = "auto",
    reach_m: float = DEFAULT_REACH_M,
    progress: Progress = silent,
) -> Scene:
    """Turn a photo into a layered scene: surfaces front to back, soft edges, and what they hide.

    Args:
        photo: what to lift.
        depth: "auto" (the depth inside the photo, else Depth Pro, else the portrait prior), a back-end by name, a depth
            file, an (h, w) array of metres, a Depth, or a DepthRequest.
        fx_px: focal length in pixels, where the photo's own intrinsics are known better.
        matte: "auto" (the phone's portrait matte, if there is one), an (h, w) array of coverage 0 to 1, or None.
        reach_m: how far from the photo's viewpoint rays may start: pupil radius plus camera move. Hidden surfaces and
            the border are filled as far as such rays can see.
        progress: told how far the work is; may raise to stop it.

    Raises RelensError when there is no metric depth; ValueRangeError for depth, matte or numbers that do not fit.
    """
    if not 0 < reach_m <= 10:
        raise ValueRangeError("reach_m", reach_m, "more than 0 and at most 10 m")
    progress("lift", 0.0)
    photo = photo if fx_px is None else photo.with_focal_length(fx_px)
    found = find_depth(photo, depth, progress)
    # A source may know the focal length better than the photo, never better than the user.
    intrinsics = photo.intrinsics if photo.intrinsics.source == "user" else found.intrinsics or photo.intrinsics
    alpha = find_matte(photo, matte)
    inverse_depth = fit_depth(found, photo, alpha)
    reach = Reach(reach_m, intrinsics.fx_px)
    # Wide-gamut phones record colours just outside sRGB; light itself is never negative.
    colour = np.maximum(photo.linear, 0)
    progress("lift", 0.2)
    if alpha is None:
        sheets = _peeled(Surface(colour, inverse_depth, np.ones(inverse_depth.shape, bool)), reach, "")
    else:
        subject, behind, seen = split_subject(colour, inverse_depth, alpha, reach.parallax_px)
        progress("lift", 0.5)
        sheets = {
            **_limited(_peeled(subject, reach, "subject"), alpha),
            **_limited(_peeled(behind, reach, ""), seen.astype(np.float32)),
        }
    progress("lift", 0.8)
    if photo.alpha is not None:
        sheets = _limited(sheets, photo.alpha)
    border_px = border_width_px(inverse_depth, reach.parallax_px)
    layers = tuple(widened(sheet, name, border_px) for name, sheet in sheets.items())
    progress("lift", 1.0)
    return Scene(Camera(intrinsics), layers, border_px, photo.file, found.source)


def _peeled(surface: Surface, reach: Reach, subject: str) -> dict[str, Sheet]:
    """A surface taken apart at its discontinuities, front to back, by name."""
    sheets = {}
    surface = without_specks(surface, reach)
    softness_px = silhouette_softness_px(surface, find_cuts(surface, reach))
    for number in range(_MOST_PEELS):
        peeled = peel(surface, reach, softness_px)
        if peeled is None:
            break
        sheet, surface = peeled
        sheets[f"{subject or 'front'}-{number + 1}"] = sheet
    rest = Sheet(surface.colour, surface.present.astype(np.float32), surface.inverse_depth)
    return {**sheets, subject or "background": rest}


def _limited(sheets: dict[str, Sheet], alpha: Float32[np.ndarray, "h w"]) -> dict[str, Sheet]:
    return {name: replace(sheet, alpha=sheet.alpha * alpha) for name, sheet in sheets.items()}
