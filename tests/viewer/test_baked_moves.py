"""Moves for the page are paths as files have them."""

import json
from pathlib import Path

import pytest
from layer_scenes import plane, scene_of
from move_scenes import LENS, WALL_M, head_scene

from relens.errors import ValueRangeError
from relens.path.camera_path import CameraPath
from relens.path.moves import MOVES, Orbit
from relens.path.path_file import path_of
from relens.viewer.baked_moves import MOVE_NAMES, baked_moves, move_record


@pytest.mark.parametrize("name", MOVE_NAMES)
def test_every_move_is_a_path_that_reads_back(name):
    record = json.loads(json.dumps(move_record(name, head_scene(), LENS), allow_nan=False))
    path = path_of(record, Path())
    assert isinstance(path, CameraPath)
    assert len(path.keyframes) == len(record["keyframes"]) > 1


def test_it_is_the_moves_own_path():
    record = move_record("orbit", head_scene(), LENS)
    path = Orbit()(head_scene(), LENS)
    assert record["loop_s"] == path.loop_s
    assert [key["eye_m"] for key in record["keyframes"]] == [list(key.eye_m) for key in path.keyframes]


def test_what_a_scene_does_not_allow_is_left_out_with_a_word():
    # Nothing behind the head: who comes closer sees past its rim.
    head = head_scene().layers[0]
    bare = scene_of(head, plane("wall", (0, 0, 1), 1 / WALL_M, 1 - head.rgba[..., 3]))
    moves, notes = baked_moves(bare, LENS)
    names = [move["name"] for move in moves]
    assert "dolly-zoom" not in names and "aperture-sweep" in names
    assert len(names) + len(notes) == len(MOVES)
    assert any("dolly-zoom" in note and "without holes" in note for note in notes)


def test_an_unknown_move():
    with pytest.raises(ValueRangeError, match="did you mean orbit"):
        move_record("orbitt", head_scene(), LENS)
