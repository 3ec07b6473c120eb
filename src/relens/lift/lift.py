"""lift: a photo and its depth become a layered scene."""

import math

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera, Intrinsics
from relens.depth import find_depth, fit_depth
from relens.depth.find import DepthInput
from relens.errors import ValueRangeError
from relens.lift.border import widened
from relens.lift.peel import Sheet, peel
from relens.lift.surface import Surface
from relens.photo import Photo
from relens.progress import Progress, silent
from relens.scene import Layer, Scene

MOST_LAYERS = 5


def lift(
    photo: Photo,
    *,
    depth: DepthInput = "auto",
    fx_px: float | None = None,
    reach_m: float = 0.07,
    progress: Progress = silent,
) -> Scene:
    k = photo.intrinsics if fx_px is None else Intrinsics.centred(fx_px, photo.width_px, photo.height_px)
    found = find_depth(photo, depth)
    inverse_depth = fit_depth(found, photo, photo.mattes.get("portrait"))
    parallax_px = k.fx_px * reach_m
    surface = Surface(np.maximum(photo.linear, 0), inverse_depth, np.zeros(inverse_depth.shape, bool))
    sheets = []
    while len(sheets) < MOST_LAYERS - 1:
        peeled = peel(surface, parallax_px)
        if peeled is None:
            break
        sheet, surface = peeled
        sheets.append(sheet)
    sheets.append(Sheet(surface.colour, np.ones(inverse_depth.shape, np.float32), surface.inverse_depth))
    border_px = min(math.ceil(parallax_px * float(np.ptp(inverse_depth))) + 2, max(photo.width_px, photo.height_px) // 8)
    layers = [widened(sheet, f"layer-{i}", border_px) for i, sheet in enumerate(sheets)]
    return Scene(Camera(k), tuple(layers), border_px, photo.file, found.source)
