"""Frames of a path: each keyframe is met at its time, nothing jumps, and the frame rate changes no frame."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import HEIGHT_PX, WIDTH_PX, plane, scene_of
from unchecked import unchecked

from relens.aperture import Aperture
from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.framing import framed
from relens.lens import Lens
from relens.moving_camera import MovingCamera
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.pose_track import pose_track
from relens.path.shots import shots
from relens.path.tracks import tracks_of
from relens.render.aim import Aim, focus_distance_m, place_of
from relens.rotation import exp_so3, log_so3

SCENE = scene_of(plane("card", (1, 0, 0), 0.5))
FOV_RAD = 2 * math.atan(HEIGHT_PX / 200)
FAR, NEAR = Aim(point_m=(0.1, 0.2, 4.0)), Aim(point_m=(-0.2, 0.0, 1.5))
small = st.floats(-0.3, 0.3).map(lambda x: round(x, 3))
triples = st.tuples(small, small, small)
aims = st.sampled_from([FAR, NEAR, Aim(), Aim(distance_m=2.0), Aim(distance_m=math.inf), Aim(pixel=(10.0, 20.0))])
eases = st.sampled_from(["linear", "in", "out", "in-out", (0.2, 0.6, 0.1, 0.9)])


@st.composite
def paths(draw, loops=True, spline=None, turned=True):
    keyframes, time_s = [], draw(st.sampled_from([0.0, 1.5]))
    for _ in range(draw(st.integers(2, 5))):
        look = draw(st.sampled_from(["at", "turn", "turn", "none"])) if turned else "none"
        hold_s = draw(st.sampled_from([0.0, 0.0, 0.5]))
        wide = draw(st.sampled_from(["fov", "zoom", None]))
        keyframes.append({
            "time_s": time_s,
            "eye_m": draw(triples | st.none()),
            "rotation": exp_so3(np.array(draw(triples))) if look == "turn" else None,
            "look_at": draw(st.sampled_from([FAR, NEAR])) if look == "at" else None,
            "vertical_fov_rad": draw(st.floats(0.2, 1)) if wide == "fov" else None,
            "zoom": draw(st.floats(0.5, 2)) if wide == "zoom" else None,
            "focus": draw(aims | st.none()),
            "lens": {"f_number": draw(st.floats(1, 8))} if draw(st.booleans()) else {},
            "exposure_ev": draw(small | st.none()),
            "ease": draw(eases),
            "hold_s": hold_s,
        })  # fmt: skip
        time_s += hold_s + draw(st.sampled_from([0.25, 1.0, 2.0]))
    spline = spline or draw(st.sampled_from(["centripetal", "kochanek-bartels", "linear"]))
    loop_s = draw(st.sampled_from([None, 1.0])) if loops else None
    # The check of a tuple picks an element with Python's own random numbers, which a strategy must not use.
    with unchecked():
        return CameraPath(tuple(Keyframe(**key) for key in keyframes), spline, loop_s)


def eye_path(*eyes_m, step_s=1.0, **whole):
    return CameraPath(tuple(Keyframe(i * step_s, eye_m=eye_m) for i, eye_m in enumerate(eyes_m)), **whole)


def frame_at(frames, path, time_s):
    """The frame at a keyframe's time."""
    return round((time_s - path.keyframes[0].time_s) * frames.fps)


@given(paths())
@settings(max_examples=60)
def test_every_keyframe_is_met_at_its_time_and_while_it_is_held(path):
    frames = shots(path, SCENE, fps=8)
    for key in path.keyframes:
        for moment_s in {key.time_s, key.time_s + key.hold_s}:
            i = frame_at(frames, path, moment_s)
            if i == len(frames):
                continue
            pose = frames.camera_to_world[i]
            if key.eye_m is not None:
                np.testing.assert_allclose(pose[:3, 3], key.eye_m, atol=1e-12)
            if key.rotation is not None:
                np.testing.assert_allclose(pose[:3, :3], key.rotation, atol=1e-9)
            if key.look_at is not None:
                assert key.look_at.point_m is not None
                shown = Camera(SCENE.camera.intrinsics, pose).project(np.array(key.look_at.point_m))
                np.testing.assert_allclose(shown[:2], [WIDTH_PX / 2, HEIGHT_PX / 2], atol=1e-6)
            if key.vertical_fov_rad is not None:
                assert frames.vertical_fov_rad[i] == key.vertical_fov_rad
            if key.zoom is not None:
                k = SCENE.camera.intrinsics
                zoom = k.height_px / (2 * k.fy_px) / math.tan(frames.vertical_fov_rad[i] / 2)
                assert zoom == pytest.approx(key.zoom)
            if key.exposure_ev is not None:
                assert frames.exposure_ev[i] == key.exposure_ev
            if key.lens:
                assert frames.lens_values["f_number"][i] == key.lens["f_number"]
            if key.focus is not None:
                camera = Camera(SCENE.camera.intrinsics, pose)
                expected = 1 / focus_distance_m(key.focus, SCENE, camera)
                assert frames.focus_inverse_m[i] == pytest.approx(expected, abs=1e-9)


@given(paths(), st.sampled_from([6, 12, 24]))
@settings(max_examples=30)
def test_the_frame_rate_changes_no_frame(path, fps):
    slow, fast = shots(path, SCENE, fps=fps), shots(path, SCENE, fps=2 * fps)
    for name in ("times_s", "camera_to_world", "vertical_fov_rad", "focus_inverse_m", "exposure_ev"):
        # A loop's number of frames is rounded.
        one, other = getattr(fast, name)[::2], getattr(slow, name)
        shared = min(len(one), len(other))
        assert abs(len(one) - len(other)) <= (path.loop_s is not None)
        np.testing.assert_allclose(one[:shared], other[:shared], atol=1e-12)


@given(paths(spline="centripetal"))
@settings(max_examples=60)
def test_speed_never_jumps(path):
    """Of the eye and of the turn, where keyframes begin and end."""
    tracks = tracks_of(path)
    places = {aim: place_of(aim, SCENE) for aim in (FAR, NEAR)}
    poses, clock, step_s = pose_track(tracks, places), tracks.clock, 1e-6
    corners_s = np.concatenate([clock.time_s, clock.time_s + clock.hold_s])
    if path.loop_s is None:
        corners_s = corners_s[(corners_s > clock.time_s[0]) & (corners_s < clock.end_s)]
    before, here, after = (poses.at(corners_s + late_s) for late_s in (-step_s, 0.0, step_s))
    arriving, leaving = here[:, :3, 3] - before[:, :3, 3], after[:, :3, 3] - here[:, :3, 3]
    np.testing.assert_allclose(arriving / step_s, leaving / step_s, atol=0.02)
    arriving, leaving = (
        log_so3(np.swapaxes(one[:, :3, :3], 1, 2) @ other[:, :3, :3]) for one, other in ((before, here), (here, after))
    )
    np.testing.assert_allclose(arriving / step_s, leaving / step_s, atol=0.02)


@given(paths(loops=False, spline="centripetal", turned=False))
@settings(max_examples=30)
def test_backwards_it_is_the_same_way_of_the_eye(path):
    """With eases left out, which say how a keyframe is left."""
    first_s, last = path.keyframes[0].time_s, path.keyframes[-1]
    end_s = last.time_s + last.hold_s
    there = replace(path, keyframes=tuple(replace(key, ease="linear") for key in path.keyframes))
    turned = tuple(replace(key, time_s=first_s + end_s - key.time_s - key.hold_s) for key in reversed(there.keyframes))
    back = replace(there, keyframes=turned)
    np.testing.assert_allclose(
        shots(back, SCENE, fps=8).camera_to_world[::-1], shots(there, SCENE, fps=8).camera_to_world, atol=1e-9
    )


@given(triples, triples, st.lists(st.tuples(triples, triples), min_size=2, max_size=5), st.booleans())
@settings(max_examples=30)
def test_turning_and_moving_the_world_does_so_to_the_poses(turn, move, keys, closed):
    world = np.eye(4)
    world[:3, :3], world[:3, 3] = exp_so3(3 * np.array(turn)), move
    ours, theirs = [], []
    for i, (eye, vector) in enumerate(keys):
        rotation = exp_so3(np.array(vector))
        ours.append(Keyframe(float(i), eye, rotation))
        theirs.append(Keyframe(float(i), tuple((world[:3, :3] @ eye + move).tolist()), world[:3, :3] @ rotation))
    here, there = (
        shots(
            CameraPath(tuple(key), loop_s=1.0 if closed else None), SCENE, lens=Lens(50, 2, 9.0), fps=6
        ).camera_to_world
        for key in (ours, theirs)
    )
    np.testing.assert_allclose(there, world @ here, atol=1e-6)


@given(st.lists(st.floats(0.01, 2), min_size=1, max_size=5), st.lists(st.floats(0.1, 2), min_size=5, max_size=5))
@settings(max_examples=30)
def test_a_push_in_never_backs_off(steps_m, steps_s):
    ahead = np.concatenate([[0.0], np.cumsum(steps_m)])
    times_s = np.concatenate([[0.0], np.cumsum(steps_s)])
    keys = tuple(Keyframe(float(t), (0.0, 0.0, float(z))) for t, z in zip(times_s, ahead, strict=False))
    focus = (replace(keys[0], focus=Aim(distance_m=9.0)), *keys[1:])
    way = shots(CameraPath(focus), SCENE, fps=100).camera_to_world[:, 2, 3]
    assert (np.diff(way) >= -1e-12).all() and way[-1] <= ahead[-1]


def test_evenly_spaced_keyframes_give_an_even_speed():
    path = eye_path((0.0, 0, 0), (0.1, 0, 0), (0.2, 0, 0), (0.3, 0, 0))
    np.testing.assert_allclose(np.diff(shots(path, SCENE).camera_to_world[:, 0, 3]), 0.1 / 24, atol=1e-12)


def test_the_number_of_frames():
    """An open path includes its end, a loop does not come back to its beginning."""
    path = eye_path((0.0, 0, 0), (0.1, 0, 0), step_s=0.3)
    assert len(shots(path, SCENE, fps=10)) == 4
    assert shots(path, SCENE, fps=10).times_s.tolist() == [0, 0.1, 0.2, 3 / 10]
    assert len(shots(replace(path, loop_s=0.7), SCENE, fps=10)) == 10
    assert len(shots(path, SCENE, fps=1)) == 1
    late = CameraPath((Keyframe(5.0, eye_m=(0, 0, 0)), Keyframe(6.0, eye_m=(1, 0, 0))))
    np.testing.assert_allclose(shots(late, SCENE, fps=2).camera_to_world[:, 0, 3], [0, 0.5, 1])
    assert shots(late, SCENE, fps=2).times_s.tolist() == [0, 0.5, 1]


def test_too_many_frames():
    with pytest.raises(ValueRangeError, match=r"path=1e\+06 s at 24 fps: expected at most 10000000 frames"):
        shots(CameraPath((Keyframe(0.0, hold_s=1e6),)), SCENE)


def test_what_nothing_says_is_the_photo():
    frames = shots(CameraPath((Keyframe(0.0, hold_s=1),)), SCENE, lens=Lens(50, 2, 3.0))
    assert np.array_equal(frames.camera_to_world[3], np.eye(4))
    assert frames[3].camera.intrinsics == SCENE.camera.intrinsics
    assert (frames[3].lens, frames[3].exposure_ev, frames[3].time_s) == (Lens(50, 2, 3.0), 0, 3 / 24)
    assert frames.lens_values == {}


def test_whose_lens():
    """The path's wins over the caller's, keyframes over both, and no focus at all is the subject's."""
    silent = CameraPath((Keyframe(0.0, hold_s=1),))
    assert shots(silent, SCENE)[0].lens == Lens(85, 1.4, 2.0)
    assert shots(silent, SCENE, lens=Lens(50, 2))[0].lens == Lens(50, 2, 2.0)
    own = replace(silent, lens=Lens(35, 4, 1.0))
    assert shots(own, SCENE, lens=Lens(50, 2))[0].lens == Lens(35, 4, 1.0)
    said = replace(own, keyframes=(Keyframe(0.0, focus=Aim(distance_m=math.inf), lens={"f_number": 8}, hold_s=1),))
    assert shots(said, SCENE)[0].lens == Lens(35, 8, math.inf)


def test_every_lens_value_reaches_the_lens():
    values = {
        "focal_length_mm": 40.0, "f_number": 2.0, "t_stop": 2.3, "tilt_deg": 3.0, "swing_deg": -2.0,
        "axial_colour": 0.001, "lateral_colour": -0.002, "sensor_width_mm": 23.5, "curvature": 0.5,
        "rotation_deg": 90.0, "squeeze": 1.5, "profile": -0.5, "cats_eye": 0.7,
    }  # fmt: skip
    base = Lens(85, 1.4, aperture=Aperture(7), breathing=True, vignetting=True)
    path = CameraPath((Keyframe(0.0, focus=Aim(distance_m=2.0), lens=values, hold_s=1),), lens=base)
    aperture = Aperture(7, math.pi / 2, 0.5, 1.5, -0.5, 0.7)
    tilt_rad, swing_rad = math.radians(3), math.radians(-2)
    expected = Lens(40, 2, 2.0, aperture, tilt_rad, swing_rad, 0.001, -0.002, True, 2.3, True, 23.5)
    assert shots(path, SCENE)[5].lens == expected


def test_focal_lengths_and_stops_go_by_equal_factors_and_angles_by_equal_steps():
    keys = (
        Keyframe(0.0, focus=Aim(distance_m=2.0), lens={"f_number": 2, "focal_length_mm": 25, "tilt_deg": 0}),
        Keyframe(2.0, lens={"f_number": 8, "focal_length_mm": 100, "tilt_deg": 4}),
    )
    values = shots(CameraPath(keys), SCENE, fps=1).lens_values
    np.testing.assert_allclose([values[name][1] for name in ("f_number", "focal_length_mm", "tilt_deg")], [4, 50, 2])


@pytest.mark.parametrize("path", [
    CameraPath((Keyframe(0.0, hold_s=4),)),
    CameraPath((Keyframe(0.0, hold_s=1),), loop_s=3, focus_lag_s=0.1, shutter_deg=180),
    CameraPath((Keyframe(0.0, (0.1, 0.2, 0.3), look_at=NEAR, focus=NEAR, vertical_fov_rad=0.6, lens={"f_number": 3}),
                Keyframe(4.0)), shutter_deg=90),
    CameraPath((Keyframe(0.0, (0.1, 0.2, 0.3), exp_so3(np.array([0.1, 0.2, 0.3])), focus=NEAR, exposure_ev=0.3),
                Keyframe(4.0, (0.1, 0.2, 0.3), exp_so3(np.array([0.1, 0.2, 0.3])), focus=NEAR, exposure_ev=0.3))),
])  # fmt: skip
def test_a_static_shot_gives_equal_frames_to_the_last_bit(path):
    frames = shots(path, SCENE, lens=Lens(50, 2, breathing=True))
    first = frames[0]
    assert len(frames) > 90 and isinstance(first.camera, Camera)
    for name in ("camera_to_world", "vertical_fov_rad", "focus_inverse_m", "exposure_ev"):
        values = getattr(frames, name)
        assert (values == values[0]).all()
    for shot in frames:
        assert (shot.lens, shot.exposure_ev, shot.camera.intrinsics) == (
            first.lens,
            0 or first.exposure_ev,
            first.camera.intrinsics,
        )
        assert np.array_equal(shot.camera.camera_to_world, first.camera.camera_to_world)


def test_frames_of_a_hold_within_a_move_are_equal_to_the_last_bit():
    keys = (
        Keyframe(0.0, (0.0, 0, 0), focus=NEAR, vertical_fov_rad=0.5),
        Keyframe(1.0, look_at=NEAR, hold_s=1),
        Keyframe(3.0, (0.3, 0.1, 0.2), focus=FAR, vertical_fov_rad=0.7),
    )
    frames = shots(CameraPath(keys), SCENE)
    held = slice(24, 49)
    for name in ("camera_to_world", "vertical_fov_rad", "focus_inverse_m"):
        values = getattr(frames, name)[held]
        assert (values == values[0]).all() and (getattr(frames, name)[20] != values[0]).any()
    # It comes to rest, and on from rest.
    speed = np.linalg.norm(np.diff(shots(CameraPath(keys), SCENE, fps=1000).camera_to_world[:, :3, 3], axis=0), axis=1)
    assert max(speed[998], speed[2001]) < 0.02 * speed.max()


def test_there_and_back_again_turns_around_without_a_bump():
    way = shots(eye_path((0.0, 0, 0), (0.1, 0, 0), (0.0, 0, 0)), SCENE, fps=1000).camera_to_world[:, 0, 3]
    assert np.abs(np.diff(way, 2)).max() < 2e-6 and way.max() == 0.1


@given(st.sampled_from([1.0, 2.5]), eases)
@settings(max_examples=20)
def test_a_pull_between_two_places_is_even_in_inverse_depth_while_the_camera_moves(step_s, ease):
    keys = Keyframe(0.0, (0.0, 0, 0), focus=NEAR, ease=ease), Keyframe(step_s, (0.2, 0, 0.9), focus=FAR)
    frames = shots(CameraPath(keys), SCENE, fps=20)
    still = (
        replace(keys[0], eye_m=None, focus=None, exposure_ev=0.0),
        replace(keys[1], eye_m=None, focus=None, exposure_ev=1.0),
    )
    share = shots(CameraPath(still), SCENE, fps=20).exposure_ev
    z = frames.camera_to_world[:, 2, 3]
    np.testing.assert_allclose(frames.focus_inverse_m, (1 - share) / (1.5 - z) + share / (4 - z), atol=1e-12)


def test_a_place_stays_in_focus_through_a_move_and_infinity_is_infinity():
    keys = Keyframe(0.0, (0.0, 0, 0), focus=Aim()), Keyframe(1.0, (0.1, 0.1, 1.5))
    frames = shots(CameraPath(keys), SCENE)
    np.testing.assert_allclose(1 / frames.focus_inverse_m, 2 - frames.camera_to_world[:, 2, 3], atol=1e-6)
    to_infinity = shots(CameraPath((keys[0], replace(keys[1], focus=Aim(distance_m=math.inf)))), SCENE)
    assert to_infinity[24].lens.focus_distance_m == math.inf


def test_a_lag_delays_a_steady_pull():
    """By itself, in inverse depth, whatever the frame rate."""
    keys = Keyframe(0.0, focus=Aim(distance_m=math.inf)), Keyframe(4.0, focus=Aim(distance_m=0.5))
    path = CameraPath(keys, focus_lag_s=0.25)
    frames = shots(path, SCENE)
    late = frames.times_s > 2.5
    np.testing.assert_allclose(frames.focus_inverse_m[late], (frames.times_s[late] - 0.25) / 2, atol=1e-4)
    np.testing.assert_allclose(shots(path, SCENE, fps=48).focus_inverse_m[::2], frames.focus_inverse_m, atol=1e-12)


def test_a_lag_behind_a_place_that_the_camera_moves_to():
    keys = Keyframe(0.0, (0.0, 0, 0), focus=Aim()), Keyframe(2.0, (0.0, 0, 1.0))
    prompt, late = (shots(CameraPath(keys, focus_lag_s=lag_s), SCENE).focus_inverse_m for lag_s in (0.0, 0.1))
    assert late[0] == prompt[0] and (late[1:] < prompt[1:]).all()
    # A tenth of a second ago it was where it is now.
    np.testing.assert_allclose(late[30:], np.interp(np.arange(30, 49) - 2.4, np.arange(49), prompt), atol=0.01)


def test_look_at_keeps_it_in_the_middle_through_a_move():
    keys = (
        Keyframe(0.0, (-0.5, 0, 0), look_at=NEAR),
        Keyframe(1.0, (0.5, 0.2, 0.3)),
        Keyframe(2.0, (0, 0, 0), look_at=NEAR),
    )
    for shot in shots(CameraPath(keys), SCENE):
        np.testing.assert_allclose(
            shot.camera.project(np.array(NEAR.point_m))[:2], [WIDTH_PX / 2, HEIGHT_PX / 2], atol=1e-6
        )
        assert abs(shot.camera.rotation[1, 0]) < 1e-12


def test_look_and_rotation_mix_by_the_share():
    """From a place, seen from wherever the camera is, to a rotation: halfway in time is halfway on SO(3)."""
    turn = exp_so3(np.array([0.0, 0.4, 0.1]))
    keys = Keyframe(0.0, (-0.5, 0, 0), look_at=NEAR), Keyframe(2.0, (0.5, 0, 0), rotation=turn)
    frames = shots(CameraPath(keys), SCENE, fps=2)
    for i, share in ((1, 0.25), (2, 0.5), (3, 0.75)):
        place = np.array(NEAR.point_m) - frames.camera_to_world[i, :3, 3]
        from relens.path.look_at import level_rotations

        looking = level_rotations(place[None])[0]
        expected = looking @ exp_so3(share * log_so3(looking.T @ turn))
        np.testing.assert_allclose(frames.camera_to_world[i, :3, :3], expected, atol=1e-9)


AT_1_M = {"focus": Aim(distance_m=1)}
IMPOSSIBLE = [
    (r"focus=a place behind the camera at 1 s", {"eye_m": (0, 0, 0), "focus": NEAR}, {"eye_m": (0, 0, 3.0)}),
    (r"focus_distance_m=0.05.* at 2 s: .*\(0.085 m\)", {"eye_m": (0, 0, 0), "focus": NEAR}, {"eye_m": (0, 0, 1.45)}),
    (r"look_at=straight above or below the camera at 0 s", {**AT_1_M, "eye_m": (0.1, 1, 4.0), "look_at": FAR}, {}),
    (
        r"t_stop=2.0 at 2 s: expected the f-number \(4\)",
        {**AT_1_M, "lens": {"f_number": 2, "t_stop": 2}},
        {"lens": {"f_number": 4}},
    ),
    (r"cats_eye=1.5 at 2 s: expected 0 to 1", {**AT_1_M, "lens": {"cats_eye": 0.5}}, {"lens": {"cats_eye": 1.5}}),
    (r"f_number=0.1 at 0 s", {**AT_1_M, "lens": {"f_number": 0.1}}, {"lens": {"f_number": 4}}),
    (r"a pixel inside the 64x48 photo", {"focus": Aim(pixel=(100.0, 100.0))}, {}),
]


@pytest.mark.parametrize(("named", "first", "last"), IMPOSSIBLE, ids=[row[0][:20] for row in IMPOSSIBLE])
def test_what_cannot_be_photographed_is_named_with_its_time(named, first, last):
    keys = Keyframe(0.0, **first), Keyframe(2.0, **last)
    with pytest.raises(ValueRangeError, match=named) as caught:
        shots(CameraPath(keys), SCENE, fps=8)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("named", "first", "last"),
    [
        ("exposure_ev=-.* at 0.125 s: expected -20 to 20 stops", {"exposure_ev": -20.0}, {"exposure_ev": 20.0}),
        ("vertical_fov_rad=.* at 0.125 s: expected over 0", {"zoom": 1.0}, {"zoom": 100.0}),
    ],
)
def test_an_ease_that_goes_beyond_all_ranges_is_named_with_its_time(named, first, last):
    wild = Keyframe(0.0, **AT_1_M, **first, ease=(0.5, -100.0, 0.5, 100.0))
    with pytest.raises(ValueRangeError, match=named):
        shots(CameraPath((wild, Keyframe(2.0, **last))), SCENE, fps=8)


def test_a_place_behind_the_camera_does_not_matter_before_it_is_used():
    behind = (
        Keyframe(0.0, (0, 0, 2.0), focus=Aim(distance_m=1)),
        Keyframe(1.0, (0, 0, 2.0)),
        Keyframe(2.0, (0, 0, 0), focus=NEAR),
    )
    with pytest.raises(ValueRangeError, match="behind"):
        shots(CameraPath(behind), SCENE)
    # With a hold the place is not used before its own keyframe.
    cut = (replace(behind[0], ease="hold"), *behind[1:])
    assert shots(CameraPath(cut), SCENE)[30].lens.focus_distance_m == 1


@given(st.integers(1, 200), st.integers(1, 200))
def test_another_shape_is_cut_out_of_the_middle(width_px, height_px):
    k = Intrinsics(100, 110, 30, 22, WIDTH_PX, HEIGHT_PX)
    scene = replace(SCENE, camera=Camera(k))
    frames = shots(
        CameraPath((Keyframe(0.0, focus=Aim(distance_m=1), hold_s=1),)), scene, fps=1, size_px=(width_px, height_px)
    )
    camera = frames[0].camera
    assert (camera.intrinsics.width_px, camera.intrinsics.height_px) == (width_px, height_px)
    corners = np.array([[0, 0, 1.0], [width_px, height_px, 1.0]])
    seen = scene.camera.project(camera.unproject(corners))[:, :2]
    # Inside the photo, as large as it goes, and in its middle.
    np.testing.assert_allclose(seen.sum(axis=0), [WIDTH_PX, HEIGHT_PX], atol=1e-9)
    assert (seen >= -1e-9).all() and np.abs(seen[0]).min() < 1e-9


def test_a_stated_field_of_view_is_the_pictures():
    path = CameraPath((Keyframe(0.0, vertical_fov_rad=0.4, focus=Aim(distance_m=1), hold_s=1),))
    k = shots(path, SCENE, size_px=(200, 100))[0].camera.intrinsics
    assert 2 * math.atan(50 / k.fy_px) == pytest.approx(0.4) and k.fx_px == pytest.approx(k.fy_px)
    assert (k.cx_px, k.cy_px) == (100, 50)


def test_a_lens_that_breathes_narrows_every_frame():
    keys = Keyframe(0.0, focus=Aim(distance_m=math.inf)), Keyframe(1.0, focus=Aim(distance_m=0.5))
    lens = Lens(85, 1.4, breathing=True)
    for shot in shots(CameraPath(keys), SCENE, lens=lens, fps=4):
        expected, _ = framed(SCENE.camera, shot.lens)
        assert shot.camera.intrinsics == expected.intrinsics


def test_an_open_shutter_is_open_around_the_frames_time():
    path = CameraPath(
        (Keyframe(0.0, (0, 0, 0), vertical_fov_rad=0.5), Keyframe(2.0, (2.0, 0, 0), vertical_fov_rad=0.7)),
        shutter_deg=180,
    )
    frames = shots(path, SCENE, fps=10)
    camera = frames[10].camera
    assert isinstance(camera, MovingCamera)
    # Half of a tenth of a second, half before and half after.
    np.testing.assert_allclose([camera.opening.eye_m[0], camera.closing.eye_m[0]], [0.975, 1.025])
    np.testing.assert_allclose(camera.middle.eye_m[0], frames.camera_to_world[10, 0, 3])
    assert camera.opening.intrinsics.fy_px > frames[10].camera.middle.intrinsics.fy_px > camera.closing.intrinsics.fy_px
    assert isinstance(shots(replace(path, shutter_deg=0), SCENE)[10].camera, Camera)


def test_the_shutter_of_a_loop_reaches_over_its_seam():
    frames = shots(eye_path((0.0, 0, 0), (0.1, 0, 0), (0.1, 0.1, 0), loop_s=1, shutter_deg=360), SCENE, fps=8)
    np.testing.assert_allclose(frames.closing[0][:-1], frames.opening[0][1:], atol=1e-9)
    np.testing.assert_allclose(frames.closing[0][-1], frames.opening[0][0], atol=1e-9)


def test_no_exposure_reaches_over_a_cut():
    keys = Keyframe(0.0, (0, 0, 0), ease="hold"), Keyframe(1.0, (1.0, 0, 0)), Keyframe(2.0, (1.0, 0, 0))
    for fps in (8, 8.1, 7.9):
        frames = shots(CameraPath(keys, shutter_deg=360), SCENE, fps=fps)
        assert all(isinstance(shot.camera, Camera) for shot in frames)
        assert [shot.camera.eye_m[0] for shot in frames] == [float(t >= 1) for t in frames.times_s]


def test_they_are_a_sequence():
    frames = shots(eye_path((0.0, 0, 0), (0.1, 0, 0), shutter_deg=180), SCENE)
    assert len(frames) == len(list(frames)) == 25
    assert frames[-1].time_s == frames[24].time_s == 1
    part = frames[5:20:5]
    assert [shot.time_s for shot in part] == [frames[i].time_s for i in (5, 10, 15)]
    assert part[1].camera.opening.eye_m.tolist() == frames[10].camera.opening.eye_m.tolist()
    for index in (25, -26):
        with pytest.raises(IndexError):
            frames[index]
    assert (frames.width_px, frames.height_px) == (WIDTH_PX, HEIGHT_PX)


def test_they_can_be_sent_to_other_processes():
    frames = shots(eye_path((0.0, 0, 0), (0.1, 0, 0), shutter_deg=180), SCENE)
    again = pickle.loads(pickle.dumps(frames))
    assert np.array_equal(again.camera_to_world, frames.camera_to_world) and again[3].lens == frames[3].lens


@pytest.mark.parametrize("values, named", [
    ({"fps": 0}, "fps=0"), ({"fps": math.nan}, "fps=nan"), ({"size_px": (0, 10)}, "size_px=0"),
    ({"size_px": (10.5, 10)}, "size_px=10.5"),
])  # fmt: skip
def test_wrong_arguments(values, named):
    with unchecked(), pytest.raises(ValueRangeError, match=named):
        shots(CameraPath((Keyframe(0.0, hold_s=1),)), SCENE, **values)


def test_many_keyframes_make_many_frames_at_once():
    """10,000 frames meet the 10,000 keyframes they fall on; how long that takes is told by benchmarks/path.py."""
    rng = np.random.default_rng(0)
    turns = exp_so3(0.2 * rng.normal(size=(10_000, 3)))
    focus = Aim(point_m=(0.0, 0.0, 99.0))
    with unchecked():
        keys = tuple(Keyframe(i / 24, tuple(rng.normal(size=3).tolist()), turns[i], focus=focus) for i in range(10_000))
        path = CameraPath(keys)
        frames = shots(path, SCENE)
    assert len(frames) == 10_000
    np.testing.assert_allclose(frames.camera_to_world[:, :3, :3], turns, atol=1e-9)


def test_a_view_without_a_scene_takes_distances_only():
    k = SCENE.camera.intrinsics
    keys = (Keyframe(0.0, (0.0, 0, 0), focus=Aim(distance_m=1.5)), Keyframe(1.0, (0.1, 0, 0), focus=Aim(distance_m=3)))
    ours, theirs = shots(CameraPath(keys), k), shots(CameraPath(keys), SCENE)
    assert np.array_equal(ours.camera_to_world, theirs.camera_to_world)
    assert np.array_equal(ours.focus_inverse_m, theirs.focus_inverse_m)
    for aim, said in ((Aim(), "subject"), (Aim(pixel=(1.0, 2.0)), r"\(1.0, 2.0\)")):
        with pytest.raises(ValueRangeError, match=f"focus={said}: expected a distance"):
            shots(CameraPath((replace(keys[0], focus=aim), keys[1])), k)
