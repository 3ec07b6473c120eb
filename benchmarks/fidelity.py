#!/usr/bin/env python3
"""Fidelity: refocused pictures against path-traced thin-lens truth, through the public API only, with its defaults.

A folder of truth holds `scenes/<name>/` with photo.png, depth.npz, depth_estimate.npz, camera.json and lens_<k>.npz, as
`truth.py` makes them. Methods without occlusion stand beside relens, on the same input in the same run. Prints tables,
checks the floors, and writes OUT/fidelity.json. Exit status 1 when a floor is missed. Needs scikit-image and scipy.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from refocus_baselines import blur_stack, scatter
from refocus_score import edge_band, score

import relens

CHECKOUT = Path(__file__).parents[1]
DEFAULT_BENCH = Path(os.environ.get("RELENS_BENCH", CHECKOUT / ".." / "shared" / "bench"))
DEPTH_FILE = {"true": "depth.npz", "estimate": "depth_estimate.npz"}
METHODS = {"blur stack": blur_stack, "scatter": scatter}
# Least means over each folder of truth, in dB: edge band and whole of static pictures, edge band of moved ones.
FLOORS_DB = {"true": (36.5, 39.5, 29.0), "estimate": (33.5, None, None)}
# They are set for these scenes; others differ in how much a photo can tell.
FLOORS_FOR = {"bust", "table"}


def main() -> int:
    """Render, score, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, nargs="+", default=[DEFAULT_BENCH], help="folders of truth")
    parser.add_argument("--scenes", nargs="+", help="only these")
    parser.add_argument("--depth", choices=[*DEPTH_FILE, "both"], default="both", help="true, or as a network sees it")
    parser.add_argument("--samples", type=int, default=256, help="lens samples (default 256)")
    parser.add_argument("--engine", choices=("auto", "cpu", "reference"), default="auto")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    folders = sorted(path.parent for bench in args.bench for path in bench.glob("scenes/*/camera.json"))
    folders = [folder for folder in folders if args.scenes is None or folder.name in args.scenes]
    if not folders:
        print(f"{args.bench[0]}: no scenes/*/camera.json there; give a folder of truth with --bench", file=sys.stderr)
        return 2

    report: dict = {"relens": relens.__version__, "samples": args.samples, "engine": args.engine}
    checks = []
    for depth in DEPTH_FILE if args.depth == "both" else [args.depth]:
        pictures = {}
        for folder in folders:
            pictures.update(_measure(folder, depth, args))
        _print_table(pictures, depth)
        checks += _checks(pictures, depth)
        report[depth] = pictures
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.2f} dB")
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "fidelity.json").write_text(json.dumps({**report, "checks": checks}, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'fidelity.json'}")
    return 0 if all(check["passed"] for check in checks) else 1


def _measure(folder: Path, depth: str, args: argparse.Namespace) -> dict[str, dict]:
    """Every picture of one scene: rendered, kept as an NPZ, and scored."""
    truth = json.loads((folder / "camera.json").read_text("utf-8"))
    metres = np.load(folder / DEPTH_FILE[depth])["metres"]
    true_metres = np.load(folder / "depth.npz")["metres"]
    began = time.perf_counter()
    photo = relens.read_photo(folder / "photo.png", fx_px=truth["fx_px"])
    scene = relens.lift(photo, depth=metres)
    lift_s = time.perf_counter() - began
    predictions = args.out / f"predictions-{depth}" / folder.name
    predictions.mkdir(parents=True, exist_ok=True)
    pictures = {}
    for number, taken in enumerate(truth["lenses"]):
        lens = relens.Lens(taken["focal_length_mm"], taken["f_number"], taken["focus_distance_m"])
        began = time.perf_counter()
        camera = scene.camera.moved(*taken["eye_m"])
        picture = relens.shoot(scene, lens, camera=camera, samples=args.samples, engine=args.engine)
        shoot_s = time.perf_counter() - began
        np.savez_compressed(predictions / f"lens_{number}.npz", linear=picture.linear)
        band = edge_band(true_metres, truth["fx_px"], taken)
        wanted = np.load(folder / f"lens_{number}.npz")["linear"].astype(np.float32)
        moved = any(taken["eye_m"])
        rows = {"relens": score(picture.linear, wanted, band)}
        for name, method in {} if moved else METHODS.items():
            rows[name] = score(method(photo.linear, metres, truth["fx_px"], taken), wanted, band)
        pictures[f"{folder.name}/lens_{number}"] = {
            "whole_db edge_band_db ssim": {name: [float(value) for value in row] for name, row in rows.items()},
            "moved_camera": moved,
            "least_alpha": float(picture.alpha.min()),
            "layers": [layer.name for layer in scene.layers],
            "lift_s": lift_s,
            "shoot_s": shoot_s,
        }
    return pictures


def _rows(pictures: dict[str, dict], method: str, moved: bool = False) -> np.ndarray:
    rows = [picture["whole_db edge_band_db ssim"] for picture in pictures.values() if picture["moved_camera"] == moved]
    return np.array([row[method] for row in rows])


def _checks(pictures: dict[str, dict], depth: str) -> list[dict]:
    """Means of the scenes that have floors, and no static picture with true depth below its scatter row."""
    checks = []

    def check(floor: str, measured: float, least: float) -> None:
        text = f"{depth} depth, {floor} at least {least:.2f} dB"
        checks.append({"floor": text, "measured": float(measured), "passed": bool(measured >= least)})

    floored = {name: picture for name, picture in pictures.items() if name.split("/")[0] in FLOORS_FOR}
    if {name.split("/")[0] for name in floored} == FLOORS_FOR:
        edge_db, whole_db, moved_db = FLOORS_DB[depth]
        still = _rows(floored, "relens").mean(axis=0)
        check("mean edge band of bust and table", still[1], edge_db)
        if whole_db is not None:
            check("mean whole picture of bust and table", still[0], whole_db)
        if moved_db is not None:
            check("mean edge band from moved cameras", _rows(floored, "relens", moved=True)[:, 1].mean(), moved_db)
    if depth == "true":
        for name, picture in pictures.items():
            if not picture["moved_camera"]:
                row = picture["whole_db edge_band_db ssim"]
                for place, part in enumerate(("whole picture", "edge band")):
                    check(f"{name} {part} (scatter's)", row["relens"][place], row["scatter"][place])
    return checks


def _print_table(pictures: dict[str, dict], depth: str) -> None:
    print(f"{depth} depth: PSNR whole / edge band (dB) / SSIM\n")
    methods = [*METHODS, "relens"]
    print(f"{'picture':<18}" + "".join(f"{method:^24}" for method in methods) + f"{'lift':>6}{'shoot':>8}")
    for name, picture in pictures.items():
        rows = picture["whole_db edge_band_db ssim"]
        cells = [_cell(rows[method]) if method in rows else "-" for method in methods]
        note = "  moved camera" if picture["moved_camera"] else ""
        times = f"{picture['lift_s']:>6.1f}{picture['shoot_s']:>6.1f} s"
        print(f"{name:<18}" + "".join(f"{cell:^24}" for cell in cells) + times + note)
    cells = [_cell(_rows(pictures, method).mean(axis=0)) for method in methods]
    print(f"{'mean, static':<18}" + "".join(f"{cell:^24}" for cell in cells))
    moved = _rows(pictures, "relens", moved=True)
    if len(moved):
        print(f"{'mean, moved':<18}" + "".join(f"{cell:^24}" for cell in ["-", "-", _cell(moved.mean(axis=0))]))
    print()


def _cell(row: np.ndarray | list[float]) -> str:
    return f"{row[0]:.2f} / {row[1]:.2f} / {row[2]:.3f}"


if __name__ == "__main__":
    raise SystemExit(main())
