#!/usr/bin/env python3
"""Proof: relens against Mitsuba 3, an independent path tracer, on the very same mesh and texture with a thin lens.

Three scenes, focus near and far, camera in place and moved. Mitsuba's own `thinlens` sensor makes the rays, through
pixel centres, where relens samples too; its intersection and its textures do the rest. Prints a table, checks the
floors, and writes OUT/proof.json. Exit status 1 when a floor is missed. Needs the `dev` extra and scipy; quick with
LLVM only (benchmarks/README.md).
"""

import argparse
import importlib.util
import json
import time
from pathlib import Path

import numpy as np
from layered_mesh import layered_mesh
from mitsuba_scene import describe, load_mitsuba, mitsuba_camera, mitsuba_scene, picture_at
from scenes_to_prove import SceneToProve, Shot, scenes_to_prove

import relens

CHECKOUT = Path(__file__).parents[1]
LEAST_DB = 45.0
LEAST_RATE = 0.75  # of the error's fall: N^-rate
ENGINE_SLACK_DB = 2.0  # cpu blends neighbouring samples, which helps where they are few
SLOW_SAMPLES = 16  # of the engines that are compared with cpu at as many
SAMPLES = [16, 32, 64, 128, 256, 512, 1024]
CONVERGED_SAMPLES = 16384
SEEDS = 3
PIXELS, PIXELS_SCALAR = 12288, 256


def main() -> int:
    """Render, compare, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mitsuba-samples", type=int, default=4096, help="Mitsuba's lens samples (default 4096)")
    parser.add_argument("--pixels", type=int, help="random pixels Mitsuba renders of each shot; 0: all")
    parser.add_argument("--engines", nargs="*", default=["reference", "mesh"], help="other engines to compare with cpu")
    parser.add_argument("--scenes", nargs="+", help="only these: disc, interleaved, relief")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    if importlib.util.find_spec("open3d") is None:
        args.engines = [name for name in args.engines if name != "mesh"]

    mi = load_mitsuba()
    if args.pixels is None:
        args.pixels = PIXELS_SCALAR if mi.variant().startswith("scalar") else PIXELS
    print(f"{describe(mi)}, {args.mitsuba_samples} samples; relens cpu, {SAMPLES[-1]} samples\n")
    print(f"{'':<28}{'relens to':>10}{'Mitsuba':>9}{'differ-':>9}{'error':>8}", end="")
    print("".join(f"{name:>11}" for name in ["", *args.engines]) + f"{'time s':>14}")
    print(f"{'scene, focus, camera':<28}{'Mitsuba dB':>10}{'noise dB':>9}{'ence dB':>9}{'~N^-':>8}", end="")
    print("".join(f"{f'at {SLOW_SAMPLES} dB':>11}" for _ in ["cpu", *args.engines]) + "  Mitsuba relens")
    rows = []
    for proven in scenes_to_prove():
        if args.scenes and proven.name not in args.scenes:
            continue
        world = mitsuba_scene(mi, layered_mesh(proven.scene))
        for shot in proven.shots():
            rows.append(_measure(mi, world, proven, shot, args))
            _print_row(rows[-1], args.engines)
    checks = _checks(rows, args.engines)
    print()
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.2f}")

    args.out.mkdir(parents=True, exist_ok=True)
    report = {
        "relens": relens.__version__,
        "mitsuba": describe(mi),
        "mitsuba_samples": args.mitsuba_samples,
        "samples": SAMPLES,
        "shots": rows,
        "checks": checks,
    }
    (args.out / "proof.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'proof.json'}")
    return 0 if all(check["passed"] for check in checks) else 1


def _measure(mi, world, proven: SceneToProve, shot: Shot, args: argparse.Namespace) -> dict:
    """One shot: Mitsuba's pixels, relens's at rising samples, and the other engines' at few."""

    def shoot(samples: int, engine: str = "cpu", seed: int = 0) -> np.ndarray:
        picture = relens.shoot(proven.scene, shot.lens, camera=shot.camera, samples=samples, seed=seed, engine=engine)
        return picture.linear.astype(np.float64)

    k = shot.camera.intrinsics
    every = np.arange(k.width_px * k.height_px)
    chosen = np.random.default_rng(0).permutation(every)[: args.pixels] if 0 < args.pixels < len(every) else every
    row, column = np.divmod(np.sort(chosen), k.width_px)
    pixels = np.column_stack([column, row]) + 0.5
    began = time.perf_counter()
    truth, noise = picture_at(mi, world, mitsuba_camera(mi, shot.camera, shot.lens), pixels, args.mitsuba_samples)
    mitsuba_s = time.perf_counter() - began
    began = time.perf_counter()
    best = shoot(SAMPLES[-1])
    relens_s = time.perf_counter() - began
    converged = shoot(CONVERGED_SAMPLES, seed=SEEDS)
    errors = [_rms([shoot(n, seed=seed) - converged for seed in range(SEEDS)]) for n in SAMPLES]
    rmse = _rms(best[row, column] - truth)
    return {
        "scene": proven.name,
        "shot": shot.name,
        "psnr_db": _db(rmse),
        "mitsuba_noise_db": _db(_rms(noise)),
        # What noise leaves of the difference to the converged picture: where the two models of the world part.
        "difference_db": _db(max(_rms(converged[row, column] - truth) ** 2 - _rms(noise) ** 2, 1e-10) ** 0.5),
        "errors": errors,
        "rate": -float(np.polyfit(np.log(SAMPLES), np.log(errors), 1)[0]),
        "engines_db": {
            name: _db(_rms(shoot(SLOW_SAMPLES, name)[row, column] - truth))
            for name in ["cpu", *args.engines]
            if name == "cpu" or "moved" in shot.name  # the slow ones where most can go wrong
        },
        "mitsuba_s": mitsuba_s,
        "relens_s": relens_s,
    }


def _rms(values) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _db(rmse: float) -> float:
    """PSNR with peak 1."""
    return -20 * float(np.log10(rmse))


def _checks(rows: list[dict], engines: list[str]) -> list[dict]:
    checks = []
    for row in rows:
        name = f"{row['scene']}, {row['shot']}"
        checks.append((f"{name}: at least {LEAST_DB:.0f} dB to Mitsuba", row["psnr_db"], LEAST_DB))
        checks.append((f"{name}: error falls at least as N^-{LEAST_RATE}", row["rate"], LEAST_RATE))
        for engine in row["engines_db"].keys() & set(engines):
            least_db = row["engines_db"]["cpu"] - ENGINE_SLACK_DB
            checks.append((f"{name}: {engine} at least {least_db:.2f} dB", row["engines_db"][engine], least_db))
    return [{"floor": floor, "measured": value, "passed": value >= least} for floor, value, least in checks]


def _print_row(row: dict, engines: list[str]) -> None:
    print(f"{row['scene'] + ', ' + row['shot']:<28}{row['psnr_db']:>10.2f}{row['mitsuba_noise_db']:>9.2f}", end="")
    print(f"{row['difference_db']:>9.1f}{row['rate']:>8.2f}", end="")
    values = [row["engines_db"].get(name) for name in ["cpu", *engines]]
    print("".join(f"{'-':>11}" if value is None else f"{value:>11.2f}" for value in values), end="")
    print(f"{row['mitsuba_s']:>9.1f}{row['relens_s']:>7.2f}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
