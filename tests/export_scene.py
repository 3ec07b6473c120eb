"""A scene to export: a card with a soft edge and its own colour before a sloping, textured wall."""

import numpy as np
from layer_scenes import BORDER_PX, FX_PX, HEIGHT_PX, WIDTH_PX, grid, plane, scene_of, texture

CARD_M, WALL_M = 1.0, 3.0
CARD_RGB = (0.8, 0.1, 0.1)


def export_scene():
    row, column = grid()
    inside = (np.abs(row - HEIGHT_PX / 2) < 9) & (np.abs(column - WIDTH_PX / 2) < 12)
    ring = (np.abs(row - HEIGHT_PX / 2) < 10) & (np.abs(column - WIDTH_PX / 2) < 13)
    alpha = np.where(inside, 1.0, np.where(ring, 0.5, 0.0)).astype(np.float32)
    # A plane that slopes away to the right: its inverse depth is linear over the picture.
    slope = (1 / WALL_M - 0.001 * (column - WIDTH_PX / 2)).astype(np.float32)
    return scene_of(plane("card", CARD_RGB, 1 / CARD_M, alpha), plane("wall", texture(3), slope))


def depth_off(positions_m):
    """How far positions (files' frame: y up, z backwards) are off the card or the wall, whichever is nearer, in 1/m."""
    x, y, z = np.asarray(positions_m, np.float64).T
    depth_m = -z
    column = FX_PX * x / depth_m + WIDTH_PX / 2
    row = -FX_PX * y / depth_m + HEIGHT_PX / 2
    assert (np.abs(column - WIDTH_PX / 2) <= WIDTH_PX / 2 + BORDER_PX).all()
    assert (np.abs(row - HEIGHT_PX / 2) <= HEIGHT_PX / 2 + BORDER_PX).all()
    wall = 1 / WALL_M - 0.001 * (column - WIDTH_PX / 2)
    return np.minimum(np.abs(1 / depth_m - wall), np.abs(1 / depth_m - 1 / CARD_M))
