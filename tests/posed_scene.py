"""A small analytic scene, photographed from many places: a ball and a thin rod before a wall, on a floor.

Convention: the world is the reference photo's camera (OpenCV axes, metres): the middle one of an arc about the ball.
"""

import json
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image

from relens.camera import Camera, Intrinsics, opengl_from_opencv
from relens.multiview.photo_set import PhotoSet
from relens.multiview.posed_photo import PosedPhoto, Prior
from relens.photo import srgb_encode

BALL_M, BALL_RADIUS_M = np.array([0.0, 0.05, 2.0]), 0.45
ROD_X_M, ROD_Z_M, ROD_RADIUS_M, ROD_TOP_M = -0.62, 1.75, 0.03, -0.6
WALL_Z_M, FLOOR_Y_M = 3.0, 0.62
BOX_M = np.array([[-2.2, -1.6, 0.8], [2.2, 0.8, 3.2]])
NOTHING, BALL, ROD, FLOOR, WALL = range(5)

Broken = Literal[
    "one photo",
    "missing photo",
    "unreadable photo",
    "photo size",
    "nan pose",
    "mirrored pose",
    "no frames",
    "same place",
    "mask size",
    "missing mask",
    "missing depth",
    "depth aspect",
    "one wrong pose",
    "opencv axes",
]


class Traced(NamedTuple):
    """What a camera sees.

    Attributes:
        linear: (h, w, 3) linear light, mean of 2x2 rays.
        inverse_depth: (h, w) 1/m along the axis, at pixel centres; 0 where there is nothing.
        normal: (h, w, 3) in the world, towards the camera; NaN where there is nothing.
        kind: (h, w) NOTHING, BALL, ROD, FLOOR or WALL, at pixel centres.
    """

    linear: np.ndarray
    inverse_depth: np.ndarray
    normal: np.ndarray
    kind: np.ndarray


def signed_distance(points_m, wall=True):
    """The scene's exact signed distance in metres, (..., 3) -> (...), near its surfaces; negative inside."""
    x, y, z = np.moveaxis(np.asarray(points_m, np.float64), -1, 0)
    ball = np.linalg.norm(np.stack([x, y, z], -1) - BALL_M, axis=-1) - BALL_RADIUS_M
    rod = np.maximum(np.hypot(x - ROD_X_M, z - ROD_Z_M) - ROD_RADIUS_M, ROD_TOP_M - y)
    nearest = np.minimum(np.minimum(ball, rod), FLOOR_Y_M - y)
    return np.minimum(nearest, WALL_Z_M - z) if wall else nearest


def posed_cameras(count=8, width_px=48, arc_deg=50.0, parallel=False):
    """Cameras on an arc of so many degrees about the ball, looking at it; or side by side, looking ahead.

    The one in the middle, count // 2, stands in the origin.
    """
    step = arc_deg / max(count - 1, 1) if arc_deg < 360 else 360 / count
    height_px = width_px * 3 // 4
    intrinsics = Intrinsics.centred(0.85 * width_px, width_px, height_px)
    cameras = []
    for index in range(count):
        angle = np.radians((index - count // 2) * step)
        lift_m = 0.25 * np.sin(2.1 * (index - count // 2))
        pose = np.eye(4)
        if parallel:
            pose[:3, 3] = [2 * np.sin(angle), lift_m, 0]
        else:
            eye_m = np.array([-2 * np.sin(angle), lift_m, 2 - 2 * np.cos(angle)])
            ahead = np.array([0, 0, 2.0]) - eye_m
            ahead /= np.linalg.norm(ahead)
            right = np.cross([0, 1.0, 0], ahead)
            right /= np.linalg.norm(right)
            pose[:3] = np.column_stack([right, np.cross(ahead, right), ahead, eye_m])
        cameras.append(Camera(intrinsics, pose))
    return cameras


def trace(camera, wall=True, rod=True):
    """What a camera sees of the scene."""
    k = camera.intrinsics
    fine = k.resized(2 * k.width_px, 2 * k.height_px)
    _, hit_m, kind, _ = _hits(Camera(fine, camera.camera_to_world), wall, rod)
    linear = _colour(hit_m, kind, 7.2 / k.width_px).reshape(k.height_px, 2, k.width_px, 2, 3).mean(axis=(1, 3))
    depth_m, _, kind, normal = _hits(camera, wall, rod)
    return Traced(linear.astype(np.float32), (1 / depth_m).astype(np.float32), normal.astype(np.float32), kind)


def posed_set(
    count=8,
    width_px=48,
    held_out=(),
    priors: Literal["true", "biased"] | None = "true",
    arc_deg=50.0,
    wall: bool | None = None,
    noise=0.0,
    seed=0,
):
    """The scene as a PhotoSet.

    priors: "biased" is as networks err: another scale and shift a photo, blurred, without the thin rod. arc_deg: how
    far the cameras go about the ball; past 90 there is no wall, and the arrangement is "around". noise: one standard
    deviation of linear light.
    """
    wall = arc_deg <= 90 if wall is None else wall
    chance = np.random.default_rng(seed)
    photos = []
    for index, camera in enumerate(posed_cameras(count, width_px, arc_deg)):
        seen = trace(camera, wall)
        linear = seen.linear + chance.normal(0, noise, seen.linear.shape).astype(np.float32) if noise else seen.linear
        prior = None
        if priors == "true":
            prior = Prior(seen.inverse_depth, seen.normal, "true")
        elif priors == "biased":
            prior = biased_prior(camera, 1 + 0.06 * np.sin(1 + index), 0.015 * np.cos(index), wall)
        photos.append(PosedPhoto(f"photo_{index}.png", camera, linear, None, prior))
    inverse = [trace(p.camera, wall).inverse_depth for p in photos[:: max(count // 3, 1)]]
    points = [_points(p.camera, i)[::7] for p, i in zip(photos[:: max(count // 3, 1)], inverse, strict=True)]
    inside = np.concatenate(points)
    inside = inside[((inside > BOX_M[0]) & (inside < BOX_M[1])).all(axis=1)]
    arrangement = "forward" if arc_deg <= 90 else "around"
    return PhotoSet(
        tuple(photos), tuple(held_out), BOX_M.copy(), arrangement, inside.astype(np.float32), 0.1, np.eye(4), ()
    )


def biased_prior(camera, scale=1.0, shift_per_m=0.0, wall=True, blur_px=3):
    """A prior as a network gives it: of another scale and shift in inverse depth, blurred, without the thin rod."""
    seen = trace(camera, wall, rod=False)
    inverse = scale * _blurred(seen.inverse_depth, blur_px) + shift_per_m
    normal = _blurred(np.nan_to_num(seen.normal), blur_px)
    length = np.linalg.norm(normal, axis=-1, keepdims=True)
    normal = np.divide(normal, length, out=np.full_like(normal, np.nan), where=length > 1e-3)
    return Prior(np.maximum(inverse, 0).astype(np.float32), normal.astype(np.float32), "biased")


def write_dataset(
    folder,
    count=8,
    width_px=48,
    *,
    depth: Literal["png", "npz"] | None = "npz",
    priors: Literal["true", "biased"] = "true",
    masks=False,
    arc_deg=50.0,
    parallel=False,
    dataset_from_world=None,
    broken: Broken | None = None,
):
    """The scene as a data set: transforms.json, images/photo_N.png (8-bit sRGB), depth/photo_N.png or .npz.

    depth: PNGs hold whole millimetres, 0 for unknown; npz files hold metres. masks: also masks/photo_N.png, white on
    ball, rod and floor. dataset_from_world: a similarity of the data set's world; the identity when left out. broken:
    what is wrong with it. Returns the folder.
    """
    folder = Path(folder)
    world = np.eye(4) if dataset_from_world is None else np.asarray(dataset_from_world)
    unit = np.cbrt(np.linalg.det(world[:3, :3]))
    wall = arc_deg <= 90
    frames = []
    for index, camera in enumerate(posed_cameras(count, width_px, arc_deg, parallel)):
        seen = trace(camera, wall)
        pose = world @ camera.camera_to_world
        pose[:3, :3] /= unit
        frame = {
            "file_path": f"images/photo_{index}.png",
            "transform_matrix": opengl_from_opencv(pose).tolist(),
        }
        codes = np.round(255 * np.clip(srgb_encode(seen.linear), 0, 1)).astype(np.uint8)
        _save(folder / frame["file_path"], codes)
        if depth:
            inverse = seen.inverse_depth if priors == "true" else biased_prior(camera, 1.1, 0.02, wall).inverse_depth
            frame["depth_file_path"] = f"depth/photo_{index}.{depth}"
            _save_depth(folder / frame["depth_file_path"], inverse)
        if masks:
            frame["mask_path"] = f"masks/photo_{index}.png"
            inside = np.isin(seen.kind, (BALL, ROD, FLOOR))
            _save(folder / frame["mask_path"], np.where(inside, 255, 0).astype(np.uint8))
        frames.append(frame)
    k = posed_cameras(1, width_px)[0].intrinsics
    said = {"camera_model": "OPENCV", "w": k.width_px, "h": k.height_px, "fl_x": k.fx_px, "fl_y": k.fy_px}
    said |= {"cx": k.cx_px, "cy": k.cy_px, "frames": frames}
    if broken:
        _break(folder, said, broken)
    (folder / "transforms.json").write_text(json.dumps(said))
    return folder


def _break(folder, said, broken):
    frames = said["frames"]
    middle = frames[len(frames) // 2]
    if broken == "one photo":
        del frames[1:]
    elif broken == "no frames":
        frames.clear()
    elif broken == "missing photo":
        (folder / middle["file_path"]).unlink()
    elif broken == "unreadable photo":
        (folder / middle["file_path"]).write_bytes(b"\x89PNG\r\n\x1a\n no more of it")
    elif broken == "photo size":
        said["w"] += 6
    elif broken == "nan pose":
        middle["transform_matrix"][0][3] = float("nan")
    elif broken == "mirrored pose":
        middle["transform_matrix"][0] = [-value for value in middle["transform_matrix"][0]]
    elif broken == "same place":
        for frame in frames:
            for row in range(3):
                frame["transform_matrix"][row][3] = 0.5
    elif broken == "mask size":
        middle["mask_path"] = "small_mask.png"
        _save(folder / "small_mask.png", np.full((5, 5), 255, np.uint8))
    elif broken == "missing mask":
        middle["mask_path"] = "no_mask.png"
    elif broken == "missing depth":
        middle["depth_file_path"] = "depth/none.npz"
    elif broken == "depth aspect":
        middle["depth_file_path"] = "square.npz"
        _save_depth(folder / "square.npz", np.full((9, 9), 0.5, np.float32))
    elif broken == "one wrong pose":
        angle = np.radians(8)
        turn = np.eye(4)
        turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        wrong = np.array(middle["transform_matrix"]) @ turn
        wrong[:3, 3] += 0.2
        middle["transform_matrix"] = wrong.tolist()
    elif broken == "opencv axes":
        for frame in frames:
            frame["transform_matrix"] = opengl_from_opencv(np.array(frame["transform_matrix"])).tolist()


def _hits(camera, wall, rod):
    """Depth, point, kind and normal of what every pixel's ray meets first."""
    k = camera.intrinsics
    rows, columns = np.mgrid[: k.height_px, : k.width_px] + 0.5
    local = np.stack([(columns - k.cx_px) / k.fx_px, (rows - k.cy_px) / k.fy_px, np.ones_like(rows)], -1)
    ray, eye = local @ camera.rotation.T, camera.eye_m
    with np.errstate(all="ignore"):
        floor = (FLOOR_Y_M - eye[1]) / ray[..., 1]
        ball = _first_root((ray**2).sum(-1), ray @ (eye - BALL_M), ((eye - BALL_M) ** 2).sum() - BALL_RADIUS_M**2)
        across = np.array([1.0, 0, 1.0])
        off = (eye - [ROD_X_M, 0, ROD_Z_M]) * across
        pole = _first_root((ray**2 * across).sum(-1), ray @ off, off @ off - ROD_RADIUS_M**2)
        pole_y = eye[1] + pole * ray[..., 1]
        pole = np.where((pole_y > ROD_TOP_M) & (pole_y < FLOOR_Y_M) & rod, pole, np.inf)
        back = (
            np.where(ray[..., 2] > 0, (WALL_Z_M - eye[2]) / ray[..., 2], np.inf)
            if wall
            else np.full_like(floor, np.inf)
        )
    depths = np.stack([np.full_like(floor, 1e9), ball, pole, floor, back])
    depths = np.where(depths > 1e-6, depths, np.inf)
    # What is very far is a sky.
    depths[FLOOR] = np.where(depths[FLOOR] < 30, depths[FLOOR], np.inf)
    kind = depths.argmin(axis=0)
    depth_m = np.where(kind == NOTHING, np.inf, depths.min(axis=0))
    hit_m = eye + np.where(kind == NOTHING, 0.0, depths.min(axis=0))[..., None] * ray
    normal = np.full(hit_m.shape, np.nan)
    normal[kind == BALL] = (hit_m[kind == BALL] - BALL_M) / BALL_RADIUS_M
    normal[kind == ROD] = (hit_m[kind == ROD] - [ROD_X_M, 0, ROD_Z_M]) * across / ROD_RADIUS_M
    normal[kind == FLOOR] = [0, -1, 0]
    normal[kind == WALL] = [0, 0, -1]
    return depth_m, hit_m, kind, normal


def _first_root(a, half_b, c):
    """The lesser root of a t^2 + 2 half_b t + c, infinite where there is none."""
    under = half_b**2 - a * c
    return np.where(under > 0, (-half_b - np.sqrt(np.maximum(under, 0))) / a, np.inf)


def _colour(hit_m, kind, finest_m):
    """A solid texture: waves in random directions, up to 1 m long, over each thing's own colour.

    The finest are as fine as the photos show, 0.15 m at 48 pixels.
    """
    finest_m = min(max(finest_m, 0.03), 0.15)
    chance = np.random.default_rng(5)
    base = np.array([[0.5, 0.65, 0.9], [0.6, 0.22, 0.16], [0.1, 0.5, 0.15], [0.36, 0.32, 0.25], [0.3, 0.34, 0.42]])
    waves = chance.normal(size=(36, 3))
    waves *= 2 * np.pi / np.geomspace(finest_m, 1, 36)[:, None] / np.linalg.norm(waves, axis=1, keepdims=True)
    mix = chance.normal(size=(36, 3)) * np.geomspace(0.6, 1, 36)[:, None]
    wave = np.sin(
        hit_m.astype(np.float32) @ waves.T.astype(np.float32) + chance.uniform(0, 6.28, 36).astype(np.float32)
    )
    lit = base[kind] * np.exp(0.14 * (wave @ mix.astype(np.float32)))
    return np.clip(np.where((kind == NOTHING)[..., None], base[0], lit), 0, 1)


def _points(camera, inverse):
    rows, columns = np.nonzero(inverse > 0)
    return camera.unproject(np.stack([columns + 0.5, rows + 0.5, inverse[rows, columns]], -1))


def _blurred(plane, size_px):
    """Means over size_px x size_px; the border repeats."""
    reach = size_px // 2
    padded = np.pad(plane, [(reach, reach)] * 2 + [(0, 0)] * (plane.ndim - 2), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size_px, size_px), (0, 1))
    return windows.mean(axis=(-2, -1))


def _save(file, codes):
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(codes).save(file)


def _save_depth(file, inverse):
    file.parent.mkdir(parents=True, exist_ok=True)
    with np.errstate(divide="ignore"):
        metres = 1 / inverse
    if file.suffix == ".npz":
        np.savez(file, depth=metres.astype(np.float32))
    else:
        _save(file, np.where(np.isfinite(metres), np.round(1000 * metres), 0).astype(np.uint16))
