"""Matte: how much of each pixel the subject covers, from what the phone stored, the people seen, or the user's word."""

import os
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float, Float32

from relens.errors import MissingPackageError, RelensError, ValueRangeError
from relens.matte.dino import NAME as DINO
from relens.matte.dino import dino_features, has_dino
from relens.matte.mask_file import read_mask
from relens.matte.people import find_people
from relens.matte.refine import refine
from relens.matte.refiner import Refiner
from relens.matte.select import Box, Click, select
from relens.matte.vitmatte import ViTMatte
from relens.photo import Photo
from relens.progress import Progress, silent

MatteInput = Literal["auto"] | Float[np.ndarray, "_ _"] | None
MatteSource = str | os.PathLike[str] | np.ndarray | Click | Box | None
NAMES = ("auto", "phone", "people", "none")

# Phone mattes are a little unsure of themselves at both ends.
_CERTAIN = 0.02
_ASPECT_TOLERANCE = 0.01
# A soft mask this many times smaller than the photo gains by refinement; before, resampling is nearer to the truth
# (both sample portraits' mattes, made smaller).
_COARSE = 5.0
# Refining looks at windows of so many pixels a side.
_WINDOW_PX = 3


@dataclass(frozen=True)
class FoundMatte:
    """What covers the photo, or that nothing does.

    Attributes:
        alpha: (h, w) coverage at the photo's resolution, 0 to 1; None without a subject.
        foreground: (h, w, 3) the subject's own colours, straight, linear light, free of the background; None where the
            mask was soft and large enough to be used as it is (`side_colours` of foreground.py finds them).
        source: "phone", "people", "click", "box", "array", "file m.png"; "none" without a subject.
        notes: what the user should know about how it came about, a line each.
    """

    alpha: Float32[np.ndarray, "h w"] | None
    foreground: Float32[np.ndarray, "h w 3"] | None = None
    source: str = "none"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Coarse:
    """A mask before it is brought to the photo, and what is not it."""

    mask: Float32[np.ndarray, "_ _"]
    source: str
    others: tuple[Float32[np.ndarray, "_ _"], ...] = ()
    rough: bool = False
    notes: tuple[str, ...] = ()


def find_matte(photo: Photo, matte: MatteInput = "auto") -> Float32[np.ndarray, "h w"] | None:
    """The subject's alpha at the photo's resolution, 0 to 1; None when there is no matte or it holds no subject.

    Resampled at most: `cut_out` looks further and refines.

    matte: "auto" takes the phone's portrait matte where the photo has one; an array is used as it is, at any resolution
        of the photo's aspect; None means that there is none.
    Raises ValueRangeError for an array of another aspect, or with values that are not 0 to 1.
    """
    if matte is None:
        return None
    found = photo.mattes.get("portrait") if isinstance(matte, str) else np.asarray(matte, np.float32)
    return None if found is None else _with_subject(_resampled(_checked(found, photo), photo))


def cut_out(
    photo: Photo,
    matte: MatteSource = "auto",
    *,
    inverse_depth: Float32[np.ndarray, "_ _"] | None = None,
    depth_uncertainty: Float32[np.ndarray, "_ _"] | None = None,
    refiner: Refiner | Literal["vitmatte"] | None = None,
    features: Float32[np.ndarray, "_ _ c"] | Literal["auto"] | None = "auto",
    progress: Progress = silent,
) -> FoundMatte:
    """The subject's alpha at the photo's resolution, its own colours, and where they come from.

    A mask that is hard (nothing but 0 and 1), a fifth of the photo's size or less, or made here from people, a click
    or a box is coarse, and is refined; a soft, larger one is resampled at most, and so is any for a photo under 3
    pixels.

    Args:
        photo: what to cut out of.
        matte: "auto" (the phone's portrait matte, else people, else none), "phone", "people", "none" or None, a mask
            file, an array of coverage 0 to 1 of any resolution of the photo's aspect, a `Click` on the subject, or a
            `Box` around it.
        inverse_depth: 1/m or relative, NaN where unknown, any resolution of the photo's aspect; None takes the phone's
            where the photo has it.
        depth_uncertainty: one standard deviation of log-depth.
        refiner: a learned one for the band where alpha is between: "vitmatte", or any that refiner.py describes.
        features: for `refine`; "auto" takes DINOv2's where its weights have been fetched.
        progress: told how far the work is; may raise to stop it.

    Raises RelensError for a phone's matte or people by name where there are none, and for weights that are not here;
    FileError for a mask file that cannot be read; ValueRangeError for an array, a click or a box that does not fit;
    MissingPackageError for what a named source needs ("auto" notes it, and warns).
    """
    if inverse_depth is None and photo.embedded_depth is not None:
        inverse_depth = photo.embedded_depth.inverse_depth
    learned = ViTMatte() if isinstance(refiner, str) else refiner
    progress("matte", 0.0)
    try:
        coarse = _coarse(photo, matte, inverse_depth, depth_uncertainty)
        if isinstance(coarse, FoundMatte):
            return coarse
        mask = _checked(coarse.mask, photo)
        shrunk = photo.height_px / mask.shape[0]
        hard = coarse.rough or not ((mask > _CERTAIN) & (mask < 1 - _CERTAIN)).any()
        narrow = min(photo.height_px, photo.width_px) < _WINDOW_PX
        if narrow or not (hard or shrunk > _COARSE):
            return _found(FoundMatte(_resampled(mask, photo), None, coarse.source, coarse.notes))
        if not ((mask >= 0.5).any() and (mask < 0.5).any()):
            return _found(FoundMatte(None, None, coarse.source, coarse.notes))
        notes = coarse.notes
        if isinstance(features, str):
            features = dino_features(photo.linear) if has_dino() else None
            notes += () if features is None else (f"matte with features of {DINO}",)
        refined = refine(
            photo.linear,
            mask,
            inverse_depth=inverse_depth,
            depth_uncertainty=depth_uncertainty,
            others=coarse.others,
            features=features,
            refiner=learned,
            progress=progress,
        )
    except MissingPackageError as error:
        if not (isinstance(matte, str) and matte == "auto"):
            raise
        # A library's caller sees no notes unless they ask; what was left out they must hear of.
        warnings.warn(f"no matte: {error}", RuntimeWarning, stacklevel=2)
        return FoundMatte(None, notes=(f"no matte: {error}",))
    if hard:
        return _found(FoundMatte(refined.alpha, refined.foreground, coarse.source, notes))
    return _found(FoundMatte(_with_means(refined.alpha, mask), None, coarse.source, notes))


def _coarse(
    photo: Photo, matte: MatteSource, inverse_depth: np.ndarray | None, uncertainty: np.ndarray | None
) -> _Coarse | FoundMatte:
    if matte is None:
        return FoundMatte(None)
    if isinstance(matte, Click | Box):
        mask = select(photo.linear, matte, inverse_depth=inverse_depth, depth_uncertainty=uncertainty)
        return _Coarse(mask, type(matte).__name__.lower(), rough=True)
    if isinstance(matte, str) and matte in NAMES:
        return _named(photo, matte, inverse_depth, uncertainty)
    if isinstance(matte, str | os.PathLike):
        return _Coarse(read_mask(matte), f"file {Path(matte).name}")
    if hasattr(matte, "__array__"):
        array = np.asarray(matte)
        if array.ndim != 2 or array.size == 0 or array.dtype.kind not in "bfiu":
            shown = f"array of {array.dtype} and shape {array.shape}"
            raise ValueRangeError("matte", shown, "an (h, w) array of coverage from 0 to 1")
        return _Coarse(array.astype(np.float32), "array")
    expected = f"{', '.join(NAMES)}, a mask file, an (h, w) array, a Click or a Box"
    raise ValueRangeError("matte", type(matte).__name__, expected)


def _named(
    photo: Photo, name: str, inverse_depth: np.ndarray | None, uncertainty: np.ndarray | None
) -> _Coarse | FoundMatte:
    if name == "none":
        return FoundMatte(None)
    file = photo.file.name if photo.file else "photo"
    if name in ("auto", "phone") and "portrait" in photo.mattes:
        return _Coarse(photo.mattes["portrait"], "phone")
    if name == "phone":
        raise RelensError(f"{file}: holds no portrait matte; give a mask file or a click, or use matte people")
    people = find_people(photo, inverse_depth, uncertainty)
    if people is None and name == "people":
        raise RelensError(f"{file}: no face found, which matte people needs; give a mask file, a click or a box")
    if people is None:
        return FoundMatte(None, notes=("no matte: none in the photo, and no face was found",))
    first, *others = people.masks
    also = f", {len(others)} more left to the background" if others else ""
    notes = (f"matte of the person whose face is largest and nearest to the middle{also}",)
    if name == "auto":
        notes = ("matte from people: the photo holds none", *notes)
        warnings.warn(notes[0], RuntimeWarning, stacklevel=4)
    return _Coarse(first, "people", tuple(others), rough=True, notes=notes)


def _checked(found: np.ndarray, photo: Photo) -> Float32[np.ndarray, "_ _"]:
    if (
        found.ndim != 2
        or abs(found.shape[0] * photo.width_px / (found.shape[1] * photo.height_px) - 1) > _ASPECT_TOLERANCE
    ):
        raise ValueRangeError("matte", found.shape, f"the aspect of the photo ({photo.height_px}, {photo.width_px})")
    if not (found.min() >= 0 and found.max() <= 1):
        raise ValueRangeError("matte", f"{found.min():g} to {found.max():g}", "coverage from 0 to 1")
    return found


def _resampled(mask: Float32[np.ndarray, "_ _"], photo: Photo) -> Float32[np.ndarray, "h w"]:
    import cv2

    alpha = cv2.resize(mask, (photo.width_px, photo.height_px), interpolation=cv2.INTER_CUBIC)
    return np.clip((alpha - _CERTAIN) / (1 - 2 * _CERTAIN), 0, 1)


def _with_means(alpha: Float32[np.ndarray, "h w"], mask: Float32[np.ndarray, "_ _"]) -> Float32[np.ndarray, "h w"]:
    """Alpha whose mean over each of the mask's pixels is about the mask's own."""
    import cv2

    means = cv2.resize(alpha, mask.shape[::-1], interpolation=cv2.INTER_AREA)
    off = cv2.resize(mask - means, alpha.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.clip(alpha + off, 0, 1)


def _found(found: FoundMatte) -> FoundMatte:
    if found.alpha is not None and _with_subject(found.alpha) is not None:
        return found
    notes = (*found.notes, f"no matte: the one from {found.source} holds no subject, or nothing else")
    return replace(found, alpha=None, foreground=None, source="none", notes=notes)


def _with_subject(alpha: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"] | None:
    return alpha if (alpha >= 1).any() and (alpha <= 0).any() else None
