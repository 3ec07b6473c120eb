"""What a scene lacks is seen: past its border, and between its surfaces; from the photo's place nothing is lacking."""

import numpy as np
import pytest
from layer_scenes import BORDER_PX, FX_PX, HEIGHT_PX, WIDTH_PX, grid, plane, scene_of
from move_scenes import LENS, head_scene

from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.moving_camera import MovingCamera
from relens.path.witness import witness_of
from relens.scene import Layer, Scene


def test_nothing_is_lacking_from_the_photos_place():
    scene = head_scene()
    assert witness_of(scene).empty_share(scene.camera, LENS) == 0


@pytest.mark.parametrize(("past_px", "empty_px"), [(-3, 0), (6, 6), (20, 20)])
def test_what_is_past_the_border_is_empty_though_engines_hold_its_last_texels(past_px, empty_px):
    scene = scene_of(plane("wall", (0, 0, 1), 0.5))
    camera = scene.camera.moved(x_m=(BORDER_PX + past_px) / FX_PX / 0.5)
    share = witness_of(scene).empty_share(camera, LENS)
    assert share * WIDTH_PX == pytest.approx(empty_px, abs=1)


def test_a_gap_that_opens_between_surfaces_is_empty():
    _, column = grid()
    scene = scene_of(
        plane("left", (1, 0, 0), 2.0, column < WIDTH_PX / 2), plane("right", (0, 1, 0), 0.5, column >= WIDTH_PX / 2)
    )
    # The near half moves by 12 px, the far one by 3.
    share = witness_of(scene).empty_share(scene.camera.moved(x_m=0.06), LENS)
    assert share * WIDTH_PX == pytest.approx(9, abs=1)


def test_a_cut_out_has_nothing_behind_it_to_lack():
    row, column = grid()
    head = np.hypot(row - HEIGHT_PX / 2, column - WIDTH_PX / 2) < 10
    scene = scene_of(plane("head", (1, 0, 0), 2.0, head))
    assert witness_of(scene).empty_share(scene.camera.moved(x_m=0.03, z_m=0.1), LENS) == 0


def test_a_moving_camera_is_looked_at_in_the_middle_of_its_way():
    scene = scene_of(plane("wall", (0, 0, 1), 0.5))
    witness, far = witness_of(scene), scene.camera.moved(x_m=0.8)
    middle = witness.empty_share(scene.camera.moved(x_m=0.4), LENS)
    assert 0 < middle < witness.empty_share(far, LENS)
    assert witness.empty_share(MovingCamera(scene.camera, far), LENS) == middle


@pytest.mark.parametrize(
    ("width_px", "height_px", "border_px"), [(1201, 899, 37), (1203, 7, 1), (5, 700, 0), (20, 10, 2)]
)
def test_scenes_of_any_size_shrink_without_losing_their_place(width_px, height_px, border_px):
    size = height_px + 2 * border_px, width_px + 2 * border_px
    rgba = np.ones((*size, 4), np.float32)
    camera = Camera(Intrinsics.centred(1000, width_px, height_px))
    scene = Scene(camera, (Layer("wall", rgba, np.full(size, 0.5, np.float32)),), border_px)
    witness = witness_of(scene)
    lens = Lens(50, 16, 2.0)
    assert witness.empty_share(camera, lens) <= 0.02
    past_m = (width_px + border_px) / 1000 / 0.5
    assert witness.empty_share(camera.moved(x_m=1.1 * past_m + 0.1), lens) > 0.99
