"""What is written is read as it was, angles to the last digits."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import angles_rad, apertures
from unchecked import unchecked

from relens.aperture import Aperture
from relens.aperture_image import ApertureImage
from relens.errors import FileError, ValueRangeError
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import LENS_VALUES, Keyframe
from relens.path.path_file import path_of, read_path
from relens.path.write_path import path_content, write_path
from relens.render.aim import Aim
from relens.rotation import exp_so3

lengths_m = st.floats(-1e3, 1e3)
points = st.tuples(lengths_m, lengths_m, lengths_m)
pixels = st.tuples(st.floats(0, 1e5), st.floats(0, 1e5))
places = st.builds(Aim) | st.builds(Aim, pixel=pixels) | st.builds(Aim, point_m=points)
aims = places | st.builds(Aim, distance_m=st.floats(1e-3, 1e6) | st.just(math.inf))
turns = st.tuples(angles_rad, angles_rad, angles_rad).map(lambda v: exp_so3(np.array(v)))
seconds = st.floats(0.01, 100)
units = st.floats(0, 1)
shapes = st.floats(-1, 1)


@st.composite
def keyframes(draw):
    keys, time_s = [], draw(st.floats(0, 10))
    for _ in range(draw(st.integers(1, 4))):
        turned = draw(st.sampled_from(["rotation", "look_at", None]))
        wide = draw(st.sampled_from(["fov", "zoom", None]))
        key = Keyframe(
            time_s,
            draw(points | st.none()),
            draw(turns) if turned == "rotation" else None,
            draw(places) if turned == "look_at" else None,
            draw(st.floats(0.002, 3.09)) if wide == "fov" else None,
            draw(st.floats(0.01, 100)) if wide == "zoom" else None,
            draw(aims | st.none()),
            draw(st.dictionaries(st.sampled_from(LENS_VALUES), st.floats(0.01, 1e3), max_size=3)),
            draw(st.floats(-20, 20) | st.none()),
            draw(st.sampled_from(["linear", "in", "out", "in-out", "hold"]) | st.tuples(units, shapes, units, shapes)),
            draw(seconds | st.just(0.0)),
            draw(shapes),
            draw(shapes),
            draw(shapes),
        )
        keys.append(key)
        time_s = key.time_s + key.hold_s + draw(seconds)
    return tuple(keys)


lenses = st.builds(
    Lens,
    st.floats(1, 2000),
    st.floats(0.5, 100),
    st.floats(3, 100) | st.just(math.inf),
    apertures(),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.floats(-0.01, 0.01),
    st.floats(-0.01, 0.01),
    st.booleans(),
    st.none() | st.floats(100, 1000),
    st.booleans(),
    st.floats(1, 500),
)


@st.composite
def paths(draw):
    # The check of a tuple picks an element with Python's own random numbers, which a strategy must not use.
    with unchecked():
        return CameraPath(
            draw(keyframes()),
            draw(st.sampled_from(["centripetal", "kochanek-bartels", "linear"])),
            draw(seconds),
            draw(lenses | st.none()),
            draw(st.floats(0, 60)),
            draw(st.floats(0, 360)),
            draw(st.floats(0.01, 1000)),
        )


def to_digits(path):
    """The path, angles left out, and the angles."""
    angles = [[key.vertical_fov_rad or 0.0 for key in path.keyframes]]
    angles += [np.zeros(9) if key.rotation is None else key.rotation.ravel() for key in path.keyframes]
    keys = tuple(replace(key, vertical_fov_rad=None, rotation=None) for key in path.keyframes)
    lens = path.lens
    if lens is not None:
        angles.append([lens.tilt_rad, lens.swing_rad, lens.aperture.rotation_rad])
        lens = replace(lens, tilt_rad=0, swing_rad=0, aperture=replace(lens.aperture, rotation_rad=0))
    said = [(key.vertical_fov_rad is None, key.rotation is None) for key in path.keyframes]
    return replace(path, keyframes=keys, lens=lens), said, np.concatenate(angles)


@given(paths())
def test_written_and_read_it_is_as_it_was(tmp_path_factory, path):
    file = tmp_path_factory.getbasetemp() / "written.yaml"
    with unchecked():
        write_path(path, file)
        again = read_path(file)
        (one, said, angles), (other, said_again, angles_again) = to_digits(path), to_digits(again)
    assert (other, said_again) == (one, said)
    np.testing.assert_allclose(angles_again, angles, atol=1e-12)


@given(paths())
def test_the_content_is_json_and_reads_back(path):
    with unchecked():
        again = path_of(json.loads(json.dumps(path_content(path), allow_nan=False)), Path())
        (one, said, angles), (other, said_again, angles_again) = to_digits(path), to_digits(again)
    assert (other, said_again) == (one, said)
    np.testing.assert_allclose(angles_again, angles, atol=1e-12)


@pytest.mark.parametrize("pitch", [math.pi / 2, -math.pi / 2])
def test_straight_up_and_down(tmp_path, pitch):
    rotation = exp_so3(np.array([0, 0.7, 0])) @ exp_so3(np.array([pitch, 0, 0])) @ exp_so3(np.array([0, 0, 0.4]))
    write_path(CameraPath((Keyframe(0.0, rotation=rotation, hold_s=1),)), tmp_path / "up.yaml")
    np.testing.assert_allclose(read_path(tmp_path / "up.yaml").keyframes[0].rotation, rotation, atol=1e-9)


def test_it_reads_well(tmp_path):
    keys = (
        Keyframe(0.0, (0.0, 0.0, 0.0), np.eye(3), focus=Aim(), lens={"f_number": 2.0}, ease="in-out"),
        Keyframe(2.5, (0.0, 0.0, 0.02), exp_so3(np.radians([0, 10, 0])), focus=Aim(pixel=(1200, 800.5)), hold_s=1),
    )
    write_path(CameraPath(keys, fps=25), tmp_path / "mine.yaml")
    assert (tmp_path / "mine.yaml").read_text("utf-8") == (
        "fps: 25.0\nkeyframes:\n- at_s: 0.0\n  eye_m: [0.0, 0.0, 0.0]\n  yaw_deg: 0.0\n  pitch_deg: 0.0\n"
        "  roll_deg: 0.0\n  focus: subject\n  f_number: 2.0\n  ease: in-out\n- at_s: 2.5\n  eye_m: [0.0, 0.0, 0.02]\n"
        "  yaw_deg: 10.0\n  pitch_deg: 0.0\n  roll_deg: 0.0\n  focus: 1200.0,800.5\n  hold_s: 1.0\n"
    )


def test_what_cannot_be_written(tmp_path):
    image = Aperture(image=ApertureImage(np.ones((2, 2))))
    path = CameraPath((Keyframe(0.0, hold_s=1),), lens=Lens(50, 2, aperture=image))
    with pytest.raises(ValueRangeError, match="an aperture of an image"):
        write_path(path, tmp_path / "a.yaml")
    with pytest.raises(FileError, match="does not exist"):
        write_path(replace(path, lens=None), tmp_path / "none" / "a.yaml")
    assert not list(tmp_path.iterdir())
