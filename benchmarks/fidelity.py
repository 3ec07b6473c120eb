#!/usr/bin/env python3
"""Fidelity: refocused pictures against path-traced thin-lens truth, through the public API only.

The folder of truth holds `score.py` and `scenes/<name>/` with photo.png, depth.npz, camera.json and lens_<k>.npz.
Prints a table with reference methods beside relens, checks the floors, and writes OUT/fidelity.json. Exit status 1 when
a floor is missed. Needs scikit-image.
"""

import argparse
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np

import relens

CHECKOUT = Path(__file__).parents[1]
DEFAULT_BENCH = Path(os.environ.get("RELENS_BENCH", CHECKOUT / ".." / "shared" / "bench"))

# PSNR of the whole picture, PSNR of the edge band (dB), SSIM, as the truth's own page lists them.
Row = tuple[float, float, float]
REFERENCE: dict[str, dict[str, dict[str, Row]]] = {
    "true": {
        "bust/lens_0": {"blur stack": (30.02, 25.21, 0.933), "scatter": (35.71, 32.02, 0.963)},
        "bust/lens_1": {"blur stack": (32.02, 25.32, 0.954), "scatter": (38.06, 31.77, 0.970)},
        "table/lens_0": {"blur stack": (36.94, 34.33, 0.954), "scatter": (37.25, 34.51, 0.960)},
        "table/lens_1": {"blur stack": (35.55, 31.00, 0.952), "scatter": (37.43, 33.50, 0.959)},
    },
    "estimate": {
        "bust/lens_0": {"blur stack": (29.97, 25.16, 0.926), "scatter": (33.49, 29.13, 0.943)},
        "bust/lens_1": {"blur stack": (32.54, 25.83, 0.956), "scatter": (37.22, 30.76, 0.969)},
        "table/lens_0": {"blur stack": (35.75, 33.92, 0.949), "scatter": (35.38, 33.02, 0.950)},
        "table/lens_1": {"blur stack": (34.97, 30.55, 0.945), "scatter": (36.71, 33.07, 0.952)},
    },
}
DEPTH_FILE = {"true": "depth.npz", "estimate": "depth_estimate.npz"}
MEAN_EDGE_BAND_DB = 34.5
SLACK_DB = 0.5


def main() -> int:
    """Render, score, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=DEFAULT_BENCH, help="folder of truth (or set RELENS_BENCH)")
    parser.add_argument("--depth", choices=DEPTH_FILE, default="true", help="true depth, or as a network might see it")
    parser.add_argument("--samples", type=int, default=256, help="lens samples (default 256)")
    parser.add_argument("--engine", choices=("auto", "cpu", "reference"), default="auto")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    if not (args.bench / "score.py").is_file():
        print(
            f"{args.bench}: no score.py there; give the folder of truth with --bench or RELENS_BENCH", file=sys.stderr
        )
        return 2

    score = _load(args.bench / "score.py")
    pictures = {}
    for folder in sorted(path.parent for path in args.bench.glob("scenes/*/camera.json")):
        pictures.update(_measure(folder, args, score))
    checks = _checks(pictures, args.depth)
    _print_table(pictures, args.depth)
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.2f} dB")

    args.out.mkdir(parents=True, exist_ok=True)
    report = {
        "relens": relens.__version__,
        "depth": args.depth,
        "samples": args.samples,
        "engine": args.engine,
        "pictures": pictures,
        "checks": checks,
    }
    name = "fidelity.json" if args.depth == "true" else f"fidelity-{args.depth}.json"
    (args.out / name).write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / name}")
    return 0 if all(check["passed"] for check in checks) else 1


def _load(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", script)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _measure(folder: Path, args: argparse.Namespace, score: ModuleType) -> dict[str, dict]:
    """Every picture of one scene: rendered, kept as an NPZ that score.py reads too, and scored."""
    truth = json.loads((folder / "camera.json").read_text("utf-8"))
    began = time.perf_counter()
    photo = relens.read_photo(folder / "photo.png", fx_px=truth["fx_px"])
    metres = np.load(folder / DEPTH_FILE[args.depth])["metres"]
    scene = relens.lift(photo, depth=metres)
    lift_s = time.perf_counter() - began
    true_metres = np.load(folder / "depth.npz")["metres"]
    predictions = args.out / f"predictions-{args.depth}" / folder.name
    predictions.mkdir(parents=True, exist_ok=True)
    pictures = {}
    for number, taken in enumerate(truth["lenses"]):
        lens = relens.Lens(taken["focal_length_mm"], taken["f_number"], taken["focus_distance_m"])
        began = time.perf_counter()
        camera = scene.camera.moved(*taken["eye_m"])
        picture = relens.shoot(scene, lens, camera=camera, samples=args.samples, engine=args.engine)
        shoot_s = time.perf_counter() - began
        np.savez_compressed(predictions / f"lens_{number}.npz", linear=picture.linear)
        band = score.edge_band(true_metres, truth["fx_px"], taken)
        wanted = np.load(folder / f"lens_{number}.npz")["linear"].astype(np.float32)
        whole_db, edge_db, ssim = (float(value) for value in score.score(picture.linear, wanted, band))
        pictures[f"{folder.name}/lens_{number}"] = {
            "whole_db": whole_db,
            "edge_band_db": edge_db,
            "ssim": ssim,
            "moved_camera": any(taken["eye_m"]),
            "least_alpha": float(picture.alpha.min()),
            "layers": [layer.name for layer in scene.layers],
            "lift_s": lift_s,
            "shoot_s": shoot_s,
        }
    return pictures


def _checks(pictures: dict[str, dict], depth: str) -> list[dict]:
    """The floors, for the pictures that have reference rows; they are set for the true depth."""
    rows = {name: row for name, row in REFERENCE[depth].items() if name in pictures}
    if not rows or depth != "true":
        return []
    mean_db = float(np.mean([pictures[name]["edge_band_db"] for name in rows]))
    floor = f"mean edge band of {len(rows)} static pictures at least {MEAN_EDGE_BAND_DB} dB"
    checks = [{"floor": floor, "measured": mean_db, "passed": mean_db >= MEAN_EDGE_BAND_DB}]
    for name, references in rows.items():
        for place, (key, what) in enumerate((("whole_db", "whole picture"), ("edge_band_db", "edge band"))):
            least_db = max(row[place] for row in references.values()) - SLACK_DB
            measured = pictures[name][key]
            floor = f"{name} {what} at least {least_db:.2f} dB"
            checks.append({"floor": floor, "measured": measured, "passed": measured >= least_db})
    return checks


def _print_table(pictures: dict[str, dict], depth: str) -> None:
    print(f"{depth} depth: PSNR whole / edge band (dB) / SSIM\n")
    print(f"{'picture':<16}{'blur stack':^24}{'scatter':^24}{'relens':^24}{'shoot':>8}")
    for name, picture in pictures.items():
        references = REFERENCE[depth].get(name, {})
        cells = [_cell(*references[key]) if key in references else "-" for key in ("blur stack", "scatter")]
        cells.append(_cell(picture["whole_db"], picture["edge_band_db"], picture["ssim"]))
        note = "  moved camera" if picture["moved_camera"] else ""
        print(f"{name:<16}" + "".join(f"{cell:^24}" for cell in cells) + f"{picture['shoot_s']:>6.1f} s{note}")
    still = [picture for name, picture in pictures.items() if name in REFERENCE[depth]]
    if still:
        means = [float(np.mean([picture[key] for picture in still])) for key in ("whole_db", "edge_band_db", "ssim")]
        rows = [
            [REFERENCE[depth][name][key] for name in pictures if name in REFERENCE[depth]]
            for key in ("blur stack", "scatter")
        ]
        cells = [_cell(*(float(value) for value in np.mean(row, axis=0))) for row in rows]
        print(f"{'mean, static':<16}" + "".join(f"{cell:^24}" for cell in [*cells, _cell(*means)]))
    print()


def _cell(whole_db: float, edge_db: float, ssim: float) -> str:
    return f"{whole_db:.2f} / {edge_db:.2f} / {ssim:.3f}"


if __name__ == "__main__":
    raise SystemExit(main())
