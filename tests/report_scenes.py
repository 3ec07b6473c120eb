"""A disc before a wall, as `relens explain` takes it."""

from dataclasses import replace
from functools import cache

import numpy as np
from layer_scenes import BORDER_PX, FX_PX, HEIGHT_PX, WIDTH_PX, grid, plane, scene_of, texture

from relens.explain.report.findings import Findings, findings_of
from relens.explain.report.taken import Taken
from relens.lens import Lens
from relens.photo import Photo
from relens.photo.photo import SourceFile

NEAR_M, FAR_M = 0.5, 2.0
NASTY = "<b>&\"'.jpg"


def taken_of(lens=None, name=NASTY, uncertainty=None):
    row, column = grid()
    disc = (np.hypot(column - 32, row - 24) < 11).astype(np.float32)
    scene = scene_of(plane("subject", texture(1), 1 / NEAR_M, alpha=disc), plane("background", texture(2), 1 / FAR_M))
    scene = replace(scene, source=SourceFile(name, b""), uncertainty=uncertainty)
    page = scene.canonical["photo"][BORDER_PX : BORDER_PX + HEIGHT_PX, BORDER_PX : BORDER_PX + WIDTH_PX, :3]
    photo = Photo(np.ascontiguousarray(page), scene.camera.intrinsics, file=scene.source)
    lens = lens or Lens(50, 1.4, NEAR_M)
    return Taken(
        photo, scene, lens, 0.0, None, "the scene", notes=("<i>note</i>",), samples=32, command="relens explain"
    )


@cache
def findings() -> Findings:
    return findings_of(taken_of())


def fx_px():
    return FX_PX
