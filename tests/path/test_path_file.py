"""Path files: every key reaches the path, and what is wrong is told in a line, FILE:LINE."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import plane, scene_of
from unchecked import unchecked

from relens.aperture import Aperture
from relens.camera import Camera, Intrinsics
from relens.errors import FileError
from relens.lens import Lens
from relens.lens_preset import read_preset
from relens.path.camera_path import CameraPath
from relens.path.keyframe import LENS_VALUES, Keyframe
from relens.path.path_file import read_path
from relens.path.path_model import EXPECTED, KEYFRAME_KEYS, TOP_KEYS
from relens.path.shots import shots
from relens.render.aim import Aim
from relens.rotation import exp_so3

_FOLDER = Path(__file__).parents[2] / "configs" / "paths"
_PATHS = sorted(_FOLDER.glob("*.yaml"))
_OURS = ("push-and-rack", "portrait-reveal", "crane", "drift-loop")


@pytest.fixture
def read(tmp_path):
    def read_text(text, name="mine.yaml"):
        (tmp_path / name).write_text(text, "utf-8")
        return read_path(tmp_path / name)

    return read_text


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.stem)
def test_every_path_of_the_folder_is_found_by_name(path):
    assert read_path(path.stem) == read_path(str(path))


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.stem)
def test_and_explains_itself(path):
    lines = path.read_text("utf-8").splitlines()
    assert lines[0].startswith("# ") and all(len(line) <= 120 for line in lines)


@pytest.mark.parametrize("name", _OURS)
def test_examples_of_keyframes_are_small_moves_of_any_portrait(name):
    path = read_path(name)
    assert isinstance(path, CameraPath) and path.focus_lag_s < 1
    for key in path.keyframes:
        assert key.eye_m is None or math.hypot(*key.eye_m) < 0.03
        assert all(aim is None or (aim.pixel, aim.point_m) == (None, None) for aim in (key.focus, key.look_at))
    frames = shots(path, scene_of(plane("person", (1, 0, 0), 1 / 1.2)))
    # It ends as it looks: at rest or where it began.
    steps = np.linalg.norm(np.diff(frames.camera_to_world[:, :3, 3], axis=0), axis=1)
    assert steps.max() < 1e-3 and (steps[-1] == 0 or path.loop_s)


def test_every_key_reaches_the_path(read, tmp_path):
    (tmp_path / "my-lens.yaml").write_text("focal_length_mm: 40\nf_number: 2\n")
    path = read(
        "lens: my-lens.yaml\nfps: 30\nspline: kochanek-bartels\nloop_s: 2\nshutter_deg: 180\nfocus_lag_s: 0.1\n"
        "keyframes:\n"
        "  - at_s: 1\n    eye_m: [0.1, 0, -0.2]\n    yaw_deg: 10\n    pitch_deg: 5\n    roll_deg: -3\n    fov_deg: 40\n"
        "    focus: subject\n    f_number: 2\n    tilt_deg: 3\n    exposure_ev: -1\n    ease: in-out\n    hold_s: 0.5\n"
        "    tension: 0.1\n    continuity: 0.2\n    bias: 0.3\n"
        "  - after_s: 2\n    look_at: 12,34\n    focus: 85cm\n    ease: [0.1, 0, 0.2, 1]\n"
        "  - at_s: 6.5\n    look_at: [0, 0.1, 2]\n    focus: [0, 0, 3]\n    zoom: 1.5\n"
        "  - after_s: 1\n    camera_to_world: [1, 0, 0, 0.1, 0, 1, 0, 0.2, 0, 0, 1, 0.3, 0, 0, 0, 1]\n    focus: .inf\n"
        "  - after_s: 1\n    focus: 1\n"
    )
    k = Intrinsics.centred(100, 64, 48)
    turned = Camera(k).turned(*np.radians([10, 5, -3])).rotation
    assert path.keyframes[0].rotation == pytest.approx(turned, abs=1e-15)
    expected = (
        Keyframe(1.0, (0.1, 0, -0.2), path.keyframes[0].rotation, None, math.radians(40), None, Aim(),
                 {"f_number": 2.0, "tilt_deg": 3.0}, -1.0, "in-out", 0.5, 0.1, 0.2, 0.3),
        Keyframe(3.5, look_at=Aim(pixel=(12.0, 34.0)), focus=Aim(distance_m=0.85), ease=(0.1, 0.0, 0.2, 1.0)),
        Keyframe(6.5, look_at=Aim(point_m=(0.0, 0.1, 2.0)), focus=Aim(point_m=(0.0, 0.0, 3.0)), zoom=1.5),
        Keyframe(7.5, (0.1, 0.2, 0.3), np.eye(3), focus=Aim(distance_m=math.inf)),
        Keyframe(8.5, focus=Aim(distance_m=1.0)),
    )  # fmt: skip
    assert path == CameraPath(expected, "kochanek-bartels", 2.0, Lens(40, 2), 0.1, 180, 30)


def test_the_tables_have_every_key():
    table = read_path.__doc__ or ""
    for key in (*TOP_KEYS, *(key for key in KEYFRAME_KEYS if key not in LENS_VALUES)):
        assert key in table and key in EXPECTED


def test_json_is_the_same(read):
    content = {"fps": 25, "keyframes": [{"eye_m": [0, 0, 1], "focus": "inf"}, {"at_s": 2, "f_number": 4}]}
    assert read(json.dumps(content, indent="\t"), "a.json") == read(yaml.safe_dump(content), "b.yaml")
    # And flow YAML that begins as JSON does.
    assert read("{fps: 25, keyframes: [{eye_m: [0, 0, 1], focus: inf}, {at_s: 2, f_number: 4}]}").fps == 25


def test_a_preset_is_named_or_described_or_changed(read):
    def lens(text):
        return read(f"lens: {text}\nkeyframes:\n  - hold_s: 1\n").lens

    assert lens("85mm-f1.4-9blade") == read_preset("85mm-f1.4-9blade").lens()
    assert lens("{blades: 7, focal_length_mm: 50, focus_distance_m: 2}") == Lens(50, 1.4, 2.0, Aperture(7))


def test_an_aperture_image_lies_beside_the_path(read, tmp_path):
    import cv2

    cv2.imwrite(str(tmp_path / "ring.png"), np.array([[0, 188, 255]], np.uint8))
    assert read("lens: {image: ring.png}\nkeyframes:\n  - hold_s: 1\n").lens.aperture.image is not None


def test_a_move_is_made_by_its_name(read):
    move = read("move: orbit\nseconds: 3\n")
    assert (type(move).__name__, move.seconds) == ("Orbit", 3)


def test_nerfstudios_file_is_nerfstudios(read):
    opengl = [1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0.5, 0, 0, 0, 1]
    frames = [{"camera_to_world": opengl, "fov": 50, "aspect": 1.5}] * 2
    path = read(
        json.dumps({"camera_type": "perspective", "camera_path": frames, "fps": 24, "seconds": 1}), "camera.json"
    )
    assert isinstance(path, CameraPath)
    np.testing.assert_allclose(path.keyframes[0].rotation, np.eye(3), atol=1e-12)


ONE = "keyframes:\n  - at_s: 0\n  - at_s: 2\n    "
WRONG = [
    (ONE + "eye: [0, 0, 0]", 4, "the key 'eye' is unknown; did you mean eye_m?"),
    (ONE + "wobble: 1", 4, "the key 'wobble' is unknown; expected some of at_s, after_s, eye_m"),
    ("keyframe:\n  - at_s: 1", 1, "did you mean keyframes?"),
    ("fps: 24\nkeyframes:\n  - hold_s: 1\nlooop_s: 1", 4, "did you mean loop_s?"),
    (ONE + "eye_m: [0, .nan, 0]", 4, "eye_m=nan: expected three finite distances in metres"),
    (ONE + "eye_m: [0,\n      0]", 4, "eye_m=[0, 0]: expected three"),
    (ONE + "eye_m: here", 4, "eye_m='here'"),
    (ONE + "eye_m: [0, '1', 0]", 4, "eye_m='1'"),
    (ONE + "yaw_deg: true", 4, "yaw_deg=True: expected degrees to the right"),
    (ONE + "roll_deg: .inf", 4, "roll_deg=inf"),
    (ONE + "focus:", 4, "focus=None: expected a distance (1.2, 1.2m, 85cm, inf), subject"),
    (ONE + "focus: face", 4, "focus='face'"),
    (ONE + "focus: -1", 4, "focus=-1"),
    (ONE + "focus: [1, 2]", 4, "focus=[1, 2]"),
    (ONE + "focus: [0, 0, .inf]", 4, "focus=[0, 0, inf]"),
    (ONE + "look_at: 2m", 4, "look_at='2m': expected subject, a pixel"),
    (ONE + "look_at: subject\n    pitch_deg: 1", 4, "has pitch_deg and look_at; expected one of them"),
    (ONE + "zoom: 2\n    fov_deg: 40", 4, "zoom=2.0: expected 0.01 to 100"),
    ('{"camera_model": "OPENCV",\n "frames": []}', 2, "holds cameras, as transforms.json does"),
    (ONE + "fov_deg: 190", 4, "fov_deg=190.0: expected degrees from top to bottom"),
    (ONE + "f_number: 0", 4, "f_number=0.0: expected a number over 0"),
    (ONE + "f_number: [2]", 4, "f_number=[2]: expected a finite number"),
    (ONE + "exposure_ev: 30", 4, "exposure_ev=30.0: expected stops, -20 to 20"),
    (ONE + "ease: slowly", 4, "ease='slowly': expected linear, in, out, in-out, hold, or four numbers"),
    (ONE + "ease: [0, 0, 2, 1]", 4, "ease=[0.0, 0.0, 2.0, 1.0]"),
    (ONE + "ease: [0, 0, 1]", 4, "ease="),
    (ONE + "hold_s: -1", 4, "hold_s=-1.0: expected seconds, 0 or more"),
    (ONE + "tension: 2", 4, "tension=2.0: expected -1 to 1"),
    (ONE + "fov_deg: 30\n    fov_deg: 40", 5, "has the key fov_deg twice"),
    (ONE + "camera_to_world: [1, 0]", 4, "camera_to_world=[1, 0]: expected 16 finite numbers"),
    (ONE + "camera_to_world: [1,0,0,0,0,2,0,0,0,0,1,0,0,0,0,1]", 4, "expected 16 finite numbers, row by row"),
    (ONE + "camera_to_world: [1,0,0,0,0,1,0,0,0,0,1,0,0,0,1,1]", 4, "ends in [0.0, 0.0, 1.0, 1.0]; expected"),
    (ONE + "eye_m: [0,0,0]\n    camera_to_world: [1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1]", 4, "has eye_m and camera"),
    ("keyframes:\n  - at_s: 2\n  - at_s: 1", 3, "at_s=1: expected a time after the keyframe before is over, 2 s"),
    ("keyframes:\n  - hold_s: 2\n  - at_s: 2", 3, "time does not go backwards"),
    ("keyframes:\n  - at_s: .nan", 2, "at_s=nan"),
    ("keyframes:\n  - at_s: -1", 2, "at_s=-1"),
    ("keyframes:\n  - hold_s: 1\n  - after_s: 0", 3, "after_s=0: expected seconds after the"),
    ("keyframes:\n  - at_s: 1\n    after_s: 1", 3, "has at_s and after_s"),
    ("keyframes:\n  - at_s: 1\n  - fov_deg: 3", 3, "a keyframe has no time; expected at_s or after_s"),
    ("fps: 24\nkeyframes:\n  - at_s: 1", 2, "expected a path that lasts"),
    ("keyframes: 3", 1, "keyframes=3: expected a list of one keyframe or more"),
    ("keyframes: []", 1, "keyframes=[]: expected a list"),
    ("keyframes:\n  - 3", 2, "a keyframe is 3; expected keys and values"),
    ("keyframes:\n  - hold_s: 1\nfps: fast", 3, "fps='fast': expected 0.01 to 1000"),
    ("keyframes:\n  - hold_s: 1\nfps: 0", 3, "fps=0.0"),
    ("keyframes:\n  - hold_s: 1\nspline: bezier", 3, "spline='bezier': expected centripetal, kochanek"),
    ("keyframes:\n  - hold_s: 1\nloop_s: 0", 3, "loop_s=0"),
    ("keyframes:\n  - hold_s: 1\nshutter_deg: 400", 3, "shutter_deg=400"),
    ("keyframes:\n  - hold_s: 1\nlens: 5", 3, "lens=5: expected the name of a lens"),
    ("keyframes:\n  - hold_s: 1\nlens: no-such", 3, "lens: no-such: no such lens; expected"),
    ("keyframes:\n  - hold_s: 1\nlens:\n  f_numer: 2", 4, "the key 'f_numer' is unknown; did you mean f_number?"),
    ("keyframes:\n  - hold_s: 1\nlens:\n  f_number: 0.1", 4, "lens: f_number=0.1: expected 0.5 to 128"),
    ("keyframes:\n  - hold_s: 1\nlens:\n  image: 3", 4, "lens: image=3"),
    ("keyframes:\n  - hold_s: 1\nlens:\n  image: none.png", 3, "none.png"),
    ("move: orbitt", 1, "did you mean orbit?"),
    ("move: 5", 1, "move=5"),
    ("move: orbit\nsecond: 3", 2, "did you mean seconds?"),
    ("move: orbit\nseconds: -3", 2, "seconds=-3"),
    ("", 1, "is empty; expected keyframes: and a list of them, or move: and a name"),
    ("# nothing", 1, "is empty"),
    ("- 1\n- 2", 1, "has [1, 2]; expected keyframes:"),
    ("just words", 1, "has 'just words'"),
    ("fps: 24", 1, "has no keyframes and no move"),
    ("keyframes:\n  - [", 3, "is not YAML"),
    ("keyframes:\n  - &a {hold_s: 1}", 2, "has the mark &a"),
    ('{"keyframes": [\n {"at_s": 0},\n {"at_s": 1 "fov_deg": 3}]}', 3, "is not YAML"),
    ('{"keyframes": [\n\t{"at_s": 0},\n\t{"at_s": 1, "fovdeg": 3}]}', 3, "did you mean fov_deg?"),
    ('{"keyframes": [\n {"at_s": 0, "at_s": 1}]}', 2, "has the key at_s twice"),
    ('{"keyframes": [{"at_s": 0},\n {"at_s": NaN}]}', 2, "at_s=nan"),
    # An escape that JSON has and libyaml has not: then the line is that of the whole.
    ('\n{"keyframes": [{"at_s": 0,\n "\\ud83d\\ude00": 1}]}', 1, "is unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "problem"), WRONG, ids=[row[0][:40] for row in WRONG])
def test_what_is_wrong_is_told_in_a_line_with_its_place(read, tmp_path, text, line, problem):
    with unchecked(), pytest.raises(FileError) as caught:
        read(text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'mine.yaml'}:{line}: ") and problem in message
    assert len(message.splitlines()) == 1


def test_what_is_no_file_of_text(tmp_path):
    with pytest.raises(FileError, match=r"no such path; expected a YAML or JSON file, or one of: .*crane.*orbit"):
        read_path("no-such-path")
    with pytest.raises(FileError, match="is a folder; expected a YAML or JSON file"):
        read_path(tmp_path)
    with pytest.raises(FileError, match="no such path"):
        read_path("a\0b")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(FileError, match="is not text in UTF-8"):
        read_path(tmp_path / "picture.png")
    (tmp_path / "huge.yaml").touch()
    with open(tmp_path / "huge.yaml", "r+b") as file:
        file.truncate((1 << 28) + 1)
    with pytest.raises(FileError, match="is larger than 256 MB"):
        read_path(tmp_path / "huge.yaml")


numbers = st.floats(-3, 3) | st.integers(-3, 3) | st.floats()
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.sampled_from(["subject", "in", "inf", "1,2", "x"]),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.sampled_from([*KEYFRAME_KEYS]), part, max_size=3),
    max_leaves=8,
)
keyframes = st.dictionaries(st.sampled_from(KEYFRAME_KEYS), anything, max_size=4)
contents = st.dictionaries(
    st.sampled_from(TOP_KEYS), anything | st.lists(keyframes, max_size=4), max_size=3
) | st.fixed_dictionaries({"keyframes": st.lists(keyframes, max_size=4)})


@given(contents)
@settings(max_examples=150)
def test_any_content_is_a_path_or_an_error_in_a_line(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(yaml.safe_dump(content), "utf-8")
    with unchecked():
        try:
            assert isinstance(read_path(file), CameraPath)
        except FileError as error:
            assert str(error).startswith(f"{file}:") and len(str(error).splitlines()) == 1


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_ten_thousand_keyframes_are_read_and_sampled(tmp_path, kind):
    """How long that takes is told by benchmarks/path.py."""
    rng = np.random.default_rng(1)
    turns = exp_so3(0.2 * rng.normal(size=(10_000, 3)))
    content = []
    for i, turn in enumerate(turns):
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = turn, rng.normal(size=3)
        content.append(
            {"at_s": i / 24, "camera_to_world": pose.ravel().tolist(), "fov_deg": 40, "focus": 2, "f_number": 2}
        )
    file = tmp_path / f"long.{kind}"
    lines = [f"  - {json.dumps(entry)}" for entry in content]
    file.write_text(
        json.dumps({"keyframes": content}) if kind == "json" else "\n".join(["keyframes:", *lines]), "utf-8"
    )
    with unchecked():
        path = read_path(file)
        assert isinstance(path, CameraPath)
        frames = shots(path, scene_of(plane("back", (1, 0, 0), 0.5)))
    assert len(frames) == 10_000
    np.testing.assert_allclose(frames.camera_to_world[::999, :3, :3], turns[::999], atol=1e-9)
