#!/usr/bin/env python3
"""Posed photos of known scenes, path traced here: folders that fit.py and its neighbours read.

Renders the scenes of posed_scenes.py with Mitsuba 3 into OUT/<name>/: transforms.json with images/, depth/ (priors as a
network would give them), true_depth/, true.ply, thin.ply and scene.json (benchmarks/README.md tells the formats). Needs
the `dev` extra; with LLVM it takes minutes.
"""

import argparse
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
from mitsuba_scene import describe, load_mitsuba
from PIL import Image
from posed_scenes import COUNT, HEIGHT_PX, HELD_OUT_EVERY, MAKERS, WIDTH_PX, PosedScene, truth_scene
from scipy.ndimage import gaussian_filter
from truth_mitsuba import world
from truth_scene import Surface
from truth_shapes import joined

from relens.camera import opengl_from_opencv
from relens.photo import srgb_encode

CHECKOUT = Path(__file__).parents[1]
# How a network sees depth: edges this soft, slow waves of this strength and size, its own scale and shift a photo.
EDGE_PX, WAVE, WAVE_PX = 1.5, 0.02, 25
SCALE, SHIFT = 0.04, 0.03
# The data set's world has z upwards, as nerfstudio's viewer likes it.
DATASET_FROM_SHAPES = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])


def main() -> int:
    """Render every scene that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", nargs="+", choices=list(MAKERS), default=list(MAKERS), help="only these")
    parser.add_argument("--samples", type=int, default=128, help="of each pixel (default 128)")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks" / "posed", help="folder of data")
    args = parser.parse_args()
    mi = load_mitsuba()
    print(describe(mi))
    for name in args.scenes:
        began = time.perf_counter()
        _make(mi, MAKERS[name](), args.out / name, args.samples)
        print(f"{name}: {COUNT} photos, {time.perf_counter() - began:.0f} s", flush=True)
    print(f"wrote {args.out}")
    return 0


def sensor(mi, pose: np.ndarray, fx_px: float, aperture_radius_m: float = 0.0, focus_distance_m: float = 1.0):
    """Mitsuba's camera, pinhole or thin lens, of the photos' size; it looks along +z with x to the left and y up."""
    film = {"type": "hdrfilm", "width": WIDTH_PX, "height": HEIGHT_PX, "pixel_format": "rgb"}
    described: dict[str, Any] = {
        "type": "perspective",
        "to_world": mi.ScalarTransform4f(pose @ np.diag([-1.0, -1.0, 1.0, 1.0])),
        "fov": math.degrees(2 * math.atan(WIDTH_PX / 2 / fx_px)),
        "fov_axis": "x",
        "near_clip": 0.01,
        "far_clip": 1e4,
        "sampler": {"type": "independent"},
        "film": film | {"component_format": "float32", "rfilter": {"type": "box"}},
    }
    if aperture_radius_m:
        described |= {"type": "thinlens", "aperture_radius": aperture_radius_m, "focus_distance": focus_distance_m}
    return mi.load_dict(described)


def photograph(mi, scene: PosedScene, traced, camera, samples: int, seed: int) -> np.ndarray:
    """Linear light (h, w, 3)."""
    integrator = mi.load_dict({"type": "path", "max_depth": scene.bounces + 1})
    return np.array(mi.render(traced, sensor=camera, integrator=integrator, spp=samples, seed=seed), np.float32)


def depth(mi, traced, pose: np.ndarray, fx_px: float) -> np.ndarray:
    """z-depth (h, w) in metres at pixel centres; inf where nothing is."""
    row, column = (axis.ravel() + 0.5 for axis in np.mgrid[:HEIGHT_PX, :WIDTH_PX])
    x, y = (column - WIDTH_PX / 2) / fx_px, (row - HEIGHT_PX / 2) / fx_px
    ways = np.column_stack([x, y, np.ones_like(x)]) @ pose[:3, :3].T
    way = mi.Vector3f(*(mi.Float(axis.astype(np.float32)) for axis in ways.T))
    # The ray's direction has z-depth 1, so that its parameter is z-depth.
    hit = traced.ray_intersect_preliminary(mi.Ray3f(mi.Point3f(*pose[:3, 3].tolist()), way), coherent=True)
    return np.array(hit.t, np.float32).reshape(HEIGHT_PX, WIDTH_PX)


def as_a_network_sees(metres: np.ndarray, seed: int) -> np.ndarray:
    """Depth with soft edges, slow waves, and a scale and shift of inverse depth that differ from photo to photo."""
    random = np.random.default_rng(seed)
    inverse = 1 / metres.astype(np.float64)
    wave = gaussian_filter(random.standard_normal(metres.shape), WAVE_PX, mode="reflect")
    soft = gaussian_filter(inverse, EDGE_PX, mode="nearest")
    scale, shift = 1 + SCALE * random.standard_normal(), SHIFT * random.standard_normal() * np.median(inverse)
    return (1 / np.maximum(scale * soft * (1 + WAVE * wave / wave.std()) + shift, 0.02)).astype(np.float32)


def _make(mi, scene: PosedScene, folder: Path, samples: int) -> None:
    """One scene's folder; transforms.json, which marks it as whole, is written last."""
    for part in ("images", "depth", "true_depth"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "transforms.json").unlink(missing_ok=True)
    traced, without_thin = (world(mi, truth_scene(scene, with_thin)) for with_thin in (True, False))
    frames = []
    for number, pose in enumerate(scene.poses):
        name = f"{number:03d}"
        linear = photograph(mi, scene, traced, sensor(mi, pose, scene.fx_px), samples, number)
        encoded = srgb_encode(np.clip(linear, 0, 1))
        Image.fromarray(np.round(255 * encoded).astype(np.uint8)).save(folder / "images" / f"{name}.png")
        true_m = depth(mi, traced, pose, scene.fx_px)
        np.savez_compressed(folder / "true_depth" / f"{name}.npz", metres=true_m)
        seen_m = as_a_network_sees(depth(mi, without_thin, pose, scene.fx_px), number)
        np.savez_compressed(folder / "depth" / f"{name}.npz", metres=seen_m)
        frames.append(
            {
                "file_path": f"images/{name}.png",
                "depth_file_path": f"depth/{name}.npz",
                "transform_matrix": opengl_from_opencv(DATASET_FROM_SHAPES @ pose).tolist(),
            }
        )
    write_ply(folder / "true.ply", (*scene.solid, *scene.background, *scene.thin))
    write_ply(folder / "thin.ply", scene.thin)
    (folder / "scene.json").write_text(json.dumps(facts_of(scene), indent=1) + "\n", "utf-8")
    names = [frame["file_path"] for frame in frames]
    held_out = names[HELD_OUT_EVERY // 2 :: HELD_OUT_EVERY]
    data = {
        "camera_model": "OPENCV",
        "fl_x": scene.fx_px,
        "fl_y": scene.fx_px,
        "cx": WIDTH_PX / 2,
        "cy": HEIGHT_PX / 2,
        "w": WIDTH_PX,
        "h": HEIGHT_PX,
        "train_filenames": [name for name in names if name not in held_out],
        "val_filenames": held_out,
        "test_filenames": held_out,
        "frames": frames,
    }
    (folder / "transforms.json").write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def facts_of(scene: PosedScene) -> dict[str, Any]:
    """What scene.json says."""
    corners = scene.subject_m @ DATASET_FROM_SHAPES[:3, :3].T
    return {
        "subject_m": np.sort(corners, axis=0).tolist(),
        "size_m": scene.size_m,
        "new_view": opengl_from_opencv(DATASET_FROM_SHAPES @ scene.new_view).tolist(),
        "lenses": [vars(lens) for lens in scene.lenses],
        "arrangement": scene.arrangement,
    }


def write_ply(path: Path, surfaces: tuple[Surface, ...]) -> None:
    """Triangles of all surfaces in the data set's world, binary PLY."""
    import trimesh

    shape = joined(*(surface.shape for surface in surfaces))
    vertices_m = shape.vertices_m @ DATASET_FROM_SHAPES[:3, :3].T
    trimesh.Trimesh(vertices_m, shape.triangles, process=False).export(path)


if __name__ == "__main__":
    raise SystemExit(main())
