"""Carried: the depth map and mattes beside a picture, of whichever format, brought into the picture's frame."""

from dataclasses import dataclass

import numpy as np

from relens.camera import Intrinsics
from relens.photo.dynamic_depth import find_dynamic_depth
from relens.photo.frame import Frame
from relens.photo.gdepth import find_gdepth
from relens.photo.photo import EmbeddedDepth
from relens.photo.range_map import decode_range_map
from relens.photo.stored import Stored, passing_over
from relens.photo.window import cut_raster, orient_window, same_aspect
from relens.photo.xmp import Xmp


@dataclass(frozen=True)
class Carried:
    """Depth and mattes over exactly the picture, in its orientation, and what the user should know about them."""

    depth: EmbeddedDepth | None
    mattes: dict[str, np.ndarray]
    notes: tuple[str, ...]


def find_carried(
    path: object, data: bytes, stored: Stored, packets: list[Xmp], frame: Frame, intrinsics: Intrinsics
) -> Carried:
    """What the file carries beside the picture.

    intrinsics: of the frame. A map whose aspect is the picture's lies over it; one whose aspect is the whole
    frame's is cut to what the picture shows of the frame; any other is left out with a note, never laid over askew.
    """
    notes = [*stored.notes, *filter(None, [frame.note])]
    depth = stored.embedded_depth
    if depth is None and not stored.upright:
        depth = _google_depth(path, data, packets, intrinsics, notes)
    if depth is not None:
        inverse = _over(stored, depth.inverse_depth, frame, "depth map", notes)
        depth = None if inverse is None else EmbeddedDepth(inverse, depth.accuracy)
    mattes = {name: _over(stored, matte, frame, f"{name} matte", notes) for name, matte in stored.mattes.items()}
    return Carried(depth, {name: matte for name, matte in mattes.items() if matte is not None}, tuple(notes))


def _google_depth(
    path: object, data: bytes, packets: list[Xmp], intrinsics: Intrinsics, notes: list[str]
) -> EmbeddedDepth | None:
    depth = None
    with passing_over(path, notes, "depth map"):
        found = find_dynamic_depth(path, data, packets) or find_gdepth(path, packets)
        if found is None:
            return None
        depth = decode_range_map(path, found, intrinsics)
        if found.along_ray and intrinsics.source.startswith("default"):
            notes.append("the depth inside is along rays, turned into depth along the axis with a guessed focal length")
        if found.unit == "none":
            notes.append("the depth map inside states no unit: it is without a scale in metres")
    return depth


def _over(stored: Stored, raster: np.ndarray, frame: Frame, what: str, notes: list[str]) -> np.ndarray | None:
    """A map over the picture, or None and a note."""
    picture = stored.samples.shape
    if _alike(raster.shape, picture):
        return raster
    code = stored.orientation if stored.upright else 1
    whole = (frame.height_px, frame.width_px) if code < 5 else (frame.width_px, frame.height_px)
    part = cut_raster(raster, orient_window(frame.window, code))
    if _alike(raster.shape, whole) and _alike(part.shape, picture):
        return part
    size, other = f"{raster.shape[1]}x{raster.shape[0]}", f"{picture[1]}x{picture[0]}"
    notes.append(f"the {what} inside, {size}, is left out: it is of another frame than the {other} picture")
    return None


def _alike(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return same_aspect(shape[1], shape[0], other[1], other[0])
