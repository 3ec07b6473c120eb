"""A head before a wall, small enough to be looked at in no time, with distances that are easy to reckon with."""

import numpy as np
from layer_scenes import HEIGHT_PX, WIDTH_PX, grid, plane, scene_of

from relens.lens import Lens

HEAD_M, WALL_M = 0.5, 2.0
LENS = Lens(50, 16)


def head_scene(head_m=HEAD_M):
    """A disc in the middle, and a wall behind it that goes on underneath and past the frame."""
    row, column = grid()
    head = np.hypot(row - HEIGHT_PX / 2, column - WIDTH_PX / 2) < 10
    return scene_of(plane("head", (1, 0, 0), 1 / head_m, head), plane("wall", (0, 0, 1), 1 / WALL_M))


def points_of(frames, points_m):
    """(frames, points, 2) where points show in each frame, pixels."""
    still = [frames[i].camera for i in range(len(frames))]
    return np.array([camera.project(points_m)[:, :2] for camera in still])
