"""lift: a photo and its depth become a layered scene."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.depth import Depth, find_depth, fit_depth
from relens.depth.fit_uncertainty import fit_uncertainty
from relens.depth.request import DepthInput, DepthRequest
from relens.errors import ValueRangeError
from relens.lift.border import border_width_px, widened
from relens.lift.inpaint import inpaint
from relens.lift.inpainter import Inpainter
from relens.lift.peel import LEAST_OVERLAP_PX, Sheet, peel
from relens.lift.reach import Reach
from relens.lift.softness import silhouette_softness_px
from relens.lift.specks import without_specks
from relens.lift.subject import split_subject
from relens.lift.surface import Surface, Window, find_cuts
from relens.matte.matte import FoundMatte, MatteSource, cut_out
from relens.photo import Photo
from relens.progress import Progress, silent
from relens.scene import MOST_PAGE_PIXELS, Layer, Scene

# A 30 mm pupil radius (85 mm at f/1.4) and a camera move of 40 mm together.
DEFAULT_REACH_M = 0.07
_MOST_PEELS = 8
# Layers overlap by this part of the widest blur's radius: what one of 16 lens samples stands for.
_OVERLAP = 1 / 4


def lift(
    photo: Photo,
    *,
    depth: DepthInput | DepthRequest = "auto",
    fx_px: float | None = None,
    matte: MatteSource | FoundMatte = "auto",
    reach_m: float = DEFAULT_REACH_M,
    inpainter: Inpainter = inpaint,
    progress: Progress = silent,
) -> Scene:
    """Turn a photo into a layered scene: surfaces front to back, soft edges, and what they hide.

    Args:
        photo: what to lift.
        depth: "auto" (the depth inside the photo, else Depth Pro, else the portrait prior), a back-end by name, a depth
            file, an (h, w) array of metres, a Depth, a Backend of your own, or a DepthRequest.
        fx_px: focal length in pixels, where the photo's own intrinsics are known better.
        matte: the subject: "auto" (the phone's portrait matte; without one the depth alone says where things end, which
            at hard edges it does better than a network's mask), or whatever else `cut_out` takes ("people", a mask
            file, an (h, w) array of coverage 0 to 1, a Click, a Box, None), or what it found.
        reach_m: how far from the photo's viewpoint rays may start: pupil radius plus camera move. Hidden surfaces and
            the border are filled as far as such rays can see.
        inpainter: what paints hidden surfaces and the border; `load_lama` makes another one.
        progress: told how far the work is; may raise to stop it.

    Raises RelensError when there is no metric depth, and as `cut_out` does; ValueRangeError for depth, matte or numbers
    that do not fit, and for photos of more pixels than a scene holds.
    """
    if not 0 < reach_m <= 10:
        raise ValueRangeError("reach_m", reach_m, "more than 0 and at most 10 m")
    _require_room(photo, 0)
    progress("lift", 0.0)
    photo = photo if fx_px is None else photo.with_focal_length(fx_px)
    found = find_depth(photo, depth, progress)
    # A source may know the focal length better than the photo, never better than the user.
    intrinsics = photo.intrinsics if photo.intrinsics.source == "user" else found.intrinsics or photo.intrinsics
    if isinstance(matte, str) and matte == "auto":
        matte = "phone" if "portrait" in photo.mattes else None
    if not isinstance(matte, FoundMatte):
        unsure = found.uncertainty
        matte = cut_out(photo, matte, inverse_depth=found.inverse_depth, depth_uncertainty=unsure, progress=progress)
    alpha = matte.alpha
    inverse_depth = fit_depth(found, photo, alpha)
    reach = Reach(reach_m, intrinsics.fx_px)
    border_px = border_width_px(inverse_depth, reach.parallax_px)
    _require_room(photo, border_px)
    overlap_px = max(LEAST_OVERLAP_PX, _OVERLAP * reach.parallax_px * float(np.ptp(inverse_depth)))
    # A list, from which each is taken to be peeled, lets go of what has been.
    parts = [_whole(photo, inverse_depth, alpha, reach, border_px, inpainter)]
    progress("lift", 0.2)
    if alpha is None:
        layers = _peeled(parts.pop(), reach, overlap_px, inpainter)
    else:
        alpha = np.pad(alpha, border_px, mode="edge")
        subject, behind, alpha = split_subject(parts.pop(), alpha, reach.parallax_px, inpainter)
        floor, parts = behind.inverse_depth, [behind, subject]
        del subject, behind
        progress("lift", 0.4)
        layers = _peeled(parts.pop(), reach, overlap_px, inpainter, "subject", alpha, floor)
        layers += _peeled(parts.pop(), reach, overlap_px, inpainter)
    progress("lift", 0.9)
    if photo.alpha is not None:
        photo_alpha = np.pad(photo.alpha, border_px, mode="edge")[..., None]
        layers = [replace(layer, rgba=layer.rgba * photo_alpha) for layer in layers]
    progress("lift", 1.0)
    return Scene(Camera(intrinsics), tuple(layers), border_px, photo.file, found.source, _uncertainty(found, photo))


def _require_room(photo: Photo, border_px: int) -> None:
    if (photo.width_px + 2 * border_px) * (photo.height_px + 2 * border_px) > MOST_PAGE_PIXELS:
        border = f" and a border of {border_px}" if border_px else ""
        expected = f"at most {MOST_PAGE_PIXELS / 1e6:.0f} million pixels with the border; make the photo smaller first"
        raise ValueRangeError("photo", f"{photo.width_px}x{photo.height_px} pixels{border}", expected)


def _uncertainty(depth: Depth, photo: Photo) -> Float32[np.ndarray, "h w"] | None:
    """How sure the depth is of itself, on the photo's grid; NaN where it was filled from around."""
    if depth.uncertainty is None:
        return None
    # A spread without bounds is not known.
    known = depth.valid & np.isfinite(depth.uncertainty)
    return fit_uncertainty(np.where(known, depth.uncertainty, np.float32(np.nan)), photo)


def _whole(
    photo: Photo,
    inverse_depth: Float32[np.ndarray, "h w"],
    alpha: Float32[np.ndarray, "h w"] | None,
    reach: Reach,
    border_px: int,
    inpainter: Inpainter,
) -> Surface:
    """The photo as one surface, with its border."""
    # Wide-gamut phones record colours just outside sRGB; light itself is never negative.
    colour = np.maximum(photo.linear, 0)
    everywhere = np.ones(inverse_depth.shape, bool)
    surface = Surface(colour, inverse_depth, everywhere, everywhere, everywhere.size)
    return widened(surface, reach, border_px, None if alpha is None else alpha >= 0.5, inpainter)


def _peeled(
    surface: Surface,
    reach: Reach,
    overlap_px: float,
    inpainter: Inpainter,
    subject: str = "",
    alpha: Float32[np.ndarray, "h w"] | None = None,
    floor: Float32[np.ndarray, "h w"] | None = None,
) -> list[Layer]:
    """A surface taken apart at its discontinuities, front to back; alpha limits all of it, and so does, in inverse
    depth, the floor behind it.
    """
    layers = []
    shape, window = surface.present.shape, surface.bounds()
    surface, cuts = without_specks(surface.cropped(window), reach)
    softness_px = silhouette_softness_px(surface, cuts)
    # What was peeled later is behind, also where it was continued since; all together cover no more than the matte.
    ceiling = np.full(surface.present.shape, np.inf, np.float32)
    floor = np.broadcast_to(np.float32(0), ceiling.shape) if floor is None else floor[window]
    matte = np.broadcast_to(np.float32(1), ceiling.shape) if alpha is None else alpha[window]
    covered = np.zeros_like(ceiling)
    for number in range(_MOST_PEELS):
        peeled = peel(surface, cuts, reach, softness_px, inpainter, overlap_px)
        if peeled is None:
            break
        sheet, surface = peeled
        sheet = sheet.between(floor, ceiling).sharing(matte, covered)
        np.minimum(ceiling, sheet.inverse_depth, out=ceiling, where=sheet.alpha > 0)
        covered += (1 - covered) * sheet.alpha
        layers.append(_layer(f"{subject or 'front'}-{number + 1}", sheet, window, shape))
        if not surface.present.any():
            return layers
        inner = surface.bounds()
        surface, window = surface.cropped(inner), _within(window, inner)
        floor, ceiling, matte, covered = floor[inner], ceiling[inner], matte[inner], covered[inner]
        cuts = find_cuts(surface, reach)
    rest = Sheet(surface.colour, surface.present.astype(np.float32), surface.inverse_depth)
    rest = rest.between(floor, ceiling).sharing(matte, covered)
    return [*layers, _layer(subject or "background", rest, window, shape)]


def _within(outer: Window, inner: Window) -> Window:
    """A window of a window, in the whole picture."""
    down, across = (slice(o.start + i.start, o.start + i.stop) for o, i in zip(outer, inner, strict=True))
    return down, across


def _layer(name: str, sheet: Sheet, window: Window, shape: tuple[int, int]) -> Layer:
    """The sheet of a window as a layer of the whole picture, clear outside, with the depth of its edge."""
    rgba = np.zeros((*shape, 4), np.float32)
    inner = rgba[window]
    inner[..., 3] = sheet.alpha
    np.multiply(sheet.colour, inner[..., 3:], out=inner[..., :3])
    outside = [(side.start, size - side.stop) for side, size in zip(window, shape, strict=True)]
    return Layer(name, rgba, np.pad(sheet.inverse_depth, outside, mode="edge"))
