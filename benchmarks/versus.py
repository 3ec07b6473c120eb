#!/usr/bin/env python3
"""Versus: how long relens, Mitsuba 3 and Embree (through open3d) take to reach one and the same error.

One run, one machine, one layered mesh (cut at silhouettes, for their hierarchies' sake), one thin lens, no lighting.
The error is measured against converged pictures that Mitsuba makes of random pixels: relens's too. Compiling, warming
up and building hierarchies are not counted. Prints a table, checks the floor, writes OUT/versus.json; exit status 1
when the floor is missed. Needs the `mitsuba` and `mesh` extras and scipy, and LLVM for Mitsuba (benchmarks/README.md).
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from embree_scene import EmbreeScene
from layered_mesh import LayeredMesh, layered_mesh
from mitsuba_scene import describe, load_mitsuba, mitsuba_camera, mitsuba_scene, picture_at, unlit_integrator
from scenes_to_prove import two_layers

import relens

CHECKOUT = Path(__file__).parents[1]
PORTRAIT = CHECKOUT / "scenes" / "iphone14-portrait" / "portrait.heic"
LEAST_RATIO, AIM_RATIO = 50.0, 200.0
# Multijitter shares the pixel out evenly among one pixel's samples, as relens's points do; it is told, without a floor.
FLOORED = ("Mitsuba film, independent", "Mitsuba centres, independent", "Embree, casting only")
RELENS_SAMPLES = [4, 16, 64, 256]
JUDGED_SAMPLES = [16, 64, 256]  # whose error the others have to reach; the floor holds at 64
FLOOR_SAMPLES = 64
CONVERGED_SAMPLES = 4096  # relens's own
TRUTH_PIXELS, TRUTH_SAMPLES = 8192, 8192
RUNS = 3
SAMPLES_A_PASS = 16  # of mi.render, which wants memory for each ray


def main() -> int:
    """Measure, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", type=Path, nargs="?", const=PORTRAIT, help="lift a photo that carries its depth")
    parser.add_argument("--megapixels", type=float, default=1.0, help="size of the picture (default 1)")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    mi = load_mitsuba()
    if mi.variant().startswith("scalar"):
        print("no LLVM for Mitsuba: apt-get install libllvm19, or set DRJIT_LIBLLVM_PATH", file=sys.stderr)
        return 2

    scene, lens = _lifted(args.photo, args.megapixels) if args.photo else _synthetic(args.megapixels)
    camera = scene.camera
    mesh = layered_mesh(scene)
    began = time.perf_counter()
    world = mitsuba_scene(mi, mesh)
    mitsuba_build_s = time.perf_counter() - began
    _print_title(mi, scene, lens, mesh)

    eye = mitsuba_camera(mi, camera, lens)
    pixels = _random_pixels(camera)
    film_pixels = pixels + np.array(eye.shift_px)
    truth = {
        "centre": picture_at(mi, world, eye, pixels, TRUTH_SAMPLES),
        "film": picture_at(mi, world, eye, film_pixels, TRUTH_SAMPLES, jitter=True),
    }
    methods = [
        _relens(scene, lens, pixels, truth["centre"]),
        _mitsuba_film(mi, world, eye, pixels, truth["film"], [2, 8, 32]),
        _mitsuba_film(mi, world, mitsuba_camera(mi, camera, lens, "multijitter"), pixels, truth["film"], [4, 16, 64]),
        _mitsuba_centres(mi, world, eye, camera, pixels, truth["centre"], [2, 8, 32]),
        *_embree(mesh, lens, camera, pixels, truth["centre"], [1, 2, 4]),
    ]
    for method in methods[1:4]:
        method["build_s"] = mitsuba_build_s
    own, others = methods[0], methods[1:]
    for method in others:
        for samples in JUDGED_SAMPLES:
            place = own["samples"].index(samples)
            reach_s = _time_to(method, own["rmse"][place])
            method[f"ratio_at_{samples}"] = reach_s / own["seconds"][place]
    _print_table(own, others)
    checks = []
    for method in others:
        if method["name"] in FLOORED:
            ratio = method[f"ratio_at_{FLOOR_SAMPLES}"]
            floor = f"at least {LEAST_RATIO:.0f} times faster than {method['name']} (aim {AIM_RATIO:.0f})"
            checks.append({"floor": floor, "measured": ratio, "passed": ratio >= LEAST_RATIO})
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.0f}")

    args.out.mkdir(parents=True, exist_ok=True)
    report = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "relens": relens.__version__,
        "mitsuba": describe(mi),
        "photo": args.photo.name if args.photo else None,
        "triangles": len(mesh.triangles),
        "methods": methods,
        "checks": checks,
    }
    name = "versus-photo.json" if args.photo else "versus.json"
    (args.out / name).write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / name}")
    return 0 if all(check["passed"] for check in checks) else 1


def _synthetic(megapixels: float) -> tuple[relens.Scene, relens.Lens]:
    height_px = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    proven = two_layers(round(height_px * 4 / 3), height_px)
    return proven.scene, relens.Lens(50, 50 / proven.pupil_mm, proven.near_m)


def _lifted(path: Path, megapixels: float) -> tuple[relens.Scene, relens.Lens]:
    """The scene of a photo made smaller, and a portrait lens focused on the subject."""
    import cv2

    from relens.render.focus import subject_depth_m

    photo = relens.read_photo(path)
    scale = (megapixels * 1e6 / (photo.width_px * photo.height_px)) ** 0.5
    size = round(photo.width_px * scale), round(photo.height_px * scale)
    k = photo.intrinsics.resized(*size)
    small = replace(
        photo,
        linear=cv2.resize(photo.linear, size, interpolation=cv2.INTER_AREA),
        intrinsics=replace(k, fy_px=k.fx_px),  # Mitsuba's pixels are square
        other_intrinsics=(),
        alpha=None if photo.alpha is None else cv2.resize(photo.alpha, size, interpolation=cv2.INTER_AREA),
        distortion=None,
    )
    scene = relens.lift(small)
    return scene, relens.Lens(85, 1.4, subject_depth_m(scene))


def _random_pixels(camera: relens.Camera) -> np.ndarray:
    """Centres of random pixels, (n, 2) as (column, row)."""
    k = camera.intrinsics
    chosen = np.random.default_rng(0).permutation(k.width_px * k.height_px)[:TRUTH_PIXELS]
    row, column = np.divmod(np.sort(chosen), k.width_px)
    return np.column_stack([column, row]) + 0.5


def _method(name: str, render, samples: list[int], pixels: np.ndarray, truth, **more) -> dict:
    """Median time and error at each number of samples; render(samples, seed) -> (picture, seconds)."""
    render(samples[0], 99)  # warm
    column, row = np.floor(pixels).astype(int).T
    seconds, rmse, size = [], [], 0
    for count in samples:
        runs = [render(count, seed) for seed in range(RUNS)]
        seconds.append(statistics.median(run[1] for run in runs))
        square = np.mean([np.mean((run[0][row, column] - truth[0]) ** 2) for run in runs])
        # The truth's own noise is known, and not the method's fault.
        rmse.append(float(np.sqrt(max(square - np.mean(truth[1] ** 2), 1e-12))))
        size = runs[0][0][..., 0].size
    rates = [size * count / s for count, s in zip(samples, seconds, strict=True)]
    return {
        "name": name,
        "samples": samples,
        "seconds": seconds,
        "rmse": rmse,
        "lens_samples_per_s": max(rates),
        "rate": -float(np.polyfit(np.log(samples), np.log(rmse), 1)[0]),
        **more,
    }


def _time_to(method: dict, rmse: float) -> float:
    """Seconds until a method's error is down to `rmse`: log error is a line over log samples, time grows with samples.

    Independent samples have an exact law, N^-1/2: it is kept, so that noise does not tilt the line beyond its points. A
    sample costs what it cost in the method's best measurement.
    """
    rate = method.get("law", method["rate"])
    scale = np.exp(np.mean(np.log(method["rmse"]) + rate * np.log(method["samples"])))
    samples = (scale / rmse) ** (1 / rate)
    a_sample_s = np.min(np.array(method["seconds"]) / method["samples"])
    return float(samples * a_sample_s)


def _relens(scene: relens.Scene, lens: relens.Lens, pixels: np.ndarray, truth) -> dict:
    from relens.render.choose import open_engine

    began = time.perf_counter()
    engine = open_engine(scene, "cpu")
    build_s = time.perf_counter() - began

    def render(samples: int, seed: int) -> tuple[np.ndarray, float]:
        began = time.perf_counter()
        picture = relens.shoot(engine, lens, camera=scene.camera, samples=samples, seed=seed)
        return picture.linear, time.perf_counter() - began

    method = _method("relens cpu", render, RELENS_SAMPLES, pixels, truth, build_s=build_s)
    converged = render(CONVERGED_SAMPLES, 77)[0]
    column, row = np.floor(pixels).astype(int).T
    method["converged_to_mitsuba_rmse"] = _distance(converged[row, column], truth)
    own = [np.sqrt(np.mean((render(count, 0)[0] - converged) ** 2)) for count in RELENS_SAMPLES]
    return {**method, "rmse_to_own_converged": [float(value) for value in own]}


def _distance(values: np.ndarray, truth) -> float:
    return float(np.sqrt(max(np.mean((values - truth[0]) ** 2) - np.mean(truth[1] ** 2), 0)))


def _mitsuba_film(mi, world, eye, pixels: np.ndarray, truth, samples: list[int]) -> dict:
    """mi.render with an integrator that does nothing but meet surfaces and lay their colours over one another."""
    integrator, sampler = unlit_integrator(mi), eye.sampler

    def render(count: int, seed: int) -> tuple[np.ndarray, float]:
        a_pass = count if sampler == "multijitter" else min(count, SAMPLES_A_PASS)
        began = time.perf_counter()
        passes = [
            mi.render(world, sensor=eye.sensor, integrator=integrator, spp=a_pass, seed=1000 * seed + first).numpy()
            for first in range(0, count, a_pass)
        ]
        return np.mean(passes, axis=0), time.perf_counter() - began

    method = _method(f"Mitsuba film, {sampler}", render, samples, pixels, truth)
    return {**method, "law": 0.5} if sampler == "independent" else method


def _mitsuba_centres(mi, world, eye, camera, pixels, truth, samples: list[int]) -> dict:
    """Mitsuba's rays, intersections and textures through pixel centres, as relens samples: a little less to average."""
    k = camera.intrinsics
    every = np.stack(np.meshgrid(np.arange(k.width_px), np.arange(k.height_px)), axis=-1).reshape(-1, 2) + 0.5

    def render(count: int, seed: int) -> tuple[np.ndarray, float]:
        began = time.perf_counter()
        picture = picture_at(mi, world, eye, every, count, 1000 * seed)[0]
        return picture.reshape(k.height_px, k.width_px, 3), time.perf_counter() - began

    return _method("Mitsuba centres, independent", render, samples, pixels, truth, law=0.5)


def _embree(mesh: LayeredMesh, lens, camera, pixels, truth, samples: list[int]) -> list[dict]:
    """Two rows of the same pictures: all of the time, and the time inside cast_rays alone."""
    began = time.perf_counter()
    embree = EmbreeScene(mesh)
    build_s = time.perf_counter() - began
    cast_s: dict[tuple[int, int], float] = {}

    def render(count: int, seed: int) -> tuple[np.ndarray, float]:
        began = time.perf_counter()
        picture, cast_s[count, seed] = embree.picture(camera, lens, count, seed)
        return picture, time.perf_counter() - began

    whole = _method("Embree, whole", render, samples, pixels, truth, build_s=build_s, law=0.5)
    seconds = [statistics.median(cast_s[count, seed] for seed in range(RUNS)) for count in samples]
    k = camera.intrinsics
    rate = max(k.width_px * k.height_px * count / s for count, s in zip(samples, seconds, strict=True))
    return [whole, {**whole, "name": "Embree, casting only", "seconds": seconds, "lens_samples_per_s": rate}]


def _print_title(mi, scene: relens.Scene, lens: relens.Lens, mesh: LayeredMesh) -> None:
    k = scene.camera.intrinsics
    nearest = max(float(np.nanmax(layer.inverse_depth[layer.rgba[..., 3] > 0])) for layer in scene.layers)
    farthest = min(float(np.nanmin(layer.inverse_depth[layer.rgba[..., 3] > 0])) for layer in scene.layers)
    blur_px = max(lens.coc_px(nearest, k.fx_px), lens.coc_px(farthest, k.fx_px))
    pupil_mm, focus_m, millions = 1e3 * lens.pupil_diameter_m, lens.focus_distance_m, len(mesh.triangles) / 1e6
    print(f"{k.width_px} x {k.height_px} px, {len(scene.layers)} layers, {millions:.1f} M triangles, ", end="")
    print(f"pupil {pupil_mm:.0f} mm, focus {focus_m:.2f} m, blur up to {blur_px:.0f} px")
    print(f"{describe(mi)}; {os.cpu_count()} cores\n")


def _print_table(own: dict, others: list[dict]) -> None:
    print(f"{'':<30}{'build s':>8}{'M lens':>10}{'error':>8}   samples: seconds, error")
    print(f"{'':<30}{'':>8}{'samples/s':>10}{'~N^-':>8}")
    for method in [own, *others]:
        print(f"{method['name']:<30}{method['build_s']:>8.2f}{method['lens_samples_per_s'] / 1e6:>10.1f}", end="")
        print(f"{method['rate']:>8.2f}   ", end="")
        points = zip(method["samples"], method["seconds"], method["rmse"], strict=True)
        print("   ".join(f"{count}: {s:.3f}, {rmse:.5f}" for count, s, rmse in points))
    print(f"\nrelens's own converged picture is {own['converged_to_mitsuba_rmse']:.5f} from Mitsuba's; ", end="")
    print("errors against its own: " + ", ".join(f"{rmse:.5f}" for rmse in own["rmse_to_own_converged"]))
    print(f"\n{'time to reach the error of relens at':<38}" + "".join(f"{f'{n} samples':>16}" for n in JUDGED_SAMPLES))
    for method in others:
        cells = [method[f"ratio_at_{samples}"] for samples in JUDGED_SAMPLES]
        print(f"{method['name']:<38}" + "".join(f"{f'{ratio:.0f} x':>16}" for ratio in cells))
    print()


if __name__ == "__main__":
    raise SystemExit(main())
