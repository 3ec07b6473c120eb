"""A window of a scene: a few pixels of the photo at full size, photographed at the cost of those pixels."""

import math
from dataclasses import replace

import numpy as np

from relens.camera import Camera
from relens.lens import Lens
from relens.scene import Layer, Scene


def window_of(scene: Scene, column_px: int, row_px: int, width_px: int, height_px: int, lens: Lens) -> Scene:
    """The part of a scene that the pixels of a window may see through a lens from the photo's place.

    column_px, row_px: the window's upper left corner. The border is as wide as the largest blur's radius, so that the
    window's picture is the same part of the whole picture's.
    """
    k = scene.camera.intrinsics
    extremes = [(float(np.nanmin(p.inverse_depth)), float(np.nanmax(p.inverse_depth))) for p in scene.layers]
    widest_px = max(lens.coc_px(w, max(k.fx_px, k.fy_px)) for pair in extremes for w in pair)
    border = math.ceil(widest_px / 2) + 2
    top, left = row_px + scene.border_px - border, column_px + scene.border_px - border
    rows = np.clip(np.arange(top, top + height_px + 2 * border), 0, scene.layers[0].inverse_depth.shape[0] - 1)
    columns = np.clip(np.arange(left, left + width_px + 2 * border), 0, scene.layers[0].inverse_depth.shape[1] - 1)
    part = np.ix_(rows, columns)
    layers = tuple(Layer(each.name, each.rgba[part], each.inverse_depth[part]) for each in scene.layers)
    camera = Camera(
        replace(k, cx_px=k.cx_px - column_px, cy_px=k.cy_px - row_px, width_px=width_px, height_px=height_px)
    )
    return Scene(camera, layers, border)
