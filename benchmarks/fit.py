#!/usr/bin/env python3
"""What each part of the surface fit is worth: surfaces fitted with and without it, scored against the truth.

Reads the folders that posed_render.py wrote, fits every scene with every variant and seed, and prints scores as means
over seeds, and what a variant loses to the full method, seed by seed. Finished runs are kept in OUT/fit.json: called
again, only what is missing is fitted. Exit status 1 when the full method is not the best where it should be, or a fit
takes more than 15 minutes. Needs `relens[fit]` and scipy.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from fit_scores import surface_scores
from posed_data import PosedData, read_posed

from relens.atomic import atomic_file
from relens.multiview.photo_set import PhotoSet
from relens.photo import srgb_encode

CHECKOUT = Path(__file__).parents[1]
VARIANTS: dict[str, dict[str, Any]] = {
    "full": {},
    "no uncertainty": {"learns_uncertainty": False},
    "no guided rays": {"guides_rays": False},
    "no bias correction": {"corrects_bias": False},
    "no smoothness mask": {"masks_smoothness": False},
    "no priors": {"uses_priors": False},
}
# The full method has to be better than these, by the mean of both F-scores over scenes and seeds.
MUST_LOSE = "no uncertainty", "no guided rays", "no bias correction"
COLUMNS = "f_score", "f_score_half", "precision", "recall", "thin_f_score", "thin_recall", "chamfer_mm", "held_out_db"
PAIRED = "f_score", "thin_f_score", "chamfer_mm"
MOST_S = 900
_PIXELS = 8192  # rendered at once


def main() -> int:
    """Fit what is missing, print, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = CHECKOUT / "out" / "benchmarks"
    parser.add_argument("--posed", type=Path, default=default / "posed", help="folder that posed_render.py wrote")
    parser.add_argument("--scenes", nargs="+", help="only these")
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS), help="only these")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, help="of each fit; the settings' own when left out")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of torch (default: all cores)")
    parser.add_argument("--no-fits", action="store_true", help="print and check what is there")
    parser.add_argument("--meshes", action="store_true", help="keep the meshes in OUT/meshes too")
    parser.add_argument("--out", type=Path, default=default, help="folder for the results")
    args = parser.parse_args()
    folders = sorted(path.parent for path in args.posed.glob("*/transforms.json"))
    folders = [folder for folder in folders if args.scenes is None or folder.name in args.scenes]
    if not folders:
        print(f"{args.posed}: no */transforms.json there; run posed_render.py first", file=sys.stderr)
        return 2
    args.out.mkdir(parents=True, exist_ok=True)
    file = args.out / "fit.json"
    runs: dict[str, dict] = json.loads(file.read_text("utf-8"))["runs"] if file.exists() else {}
    # Seed by seed, so that a table of fewer seeds is whole when time is up.
    wanted = [(folder, variant, seed) for seed in args.seeds for folder in folders for variant in args.variants]
    for folder, variant, seed in wanted:
        key = run_key(folder.name, variant, seed, args.steps)
        if key in runs or args.no_fits:
            continue
        runs[key] = _run(read_posed(folder), variant, seed, args)
        shown = "  ".join(f"{name} {runs[key][name]:.3f}" for name in COLUMNS)
        print(f"{key}: {shown}  {runs[key]['fit_s']:.0f} s", flush=True)
        _write(file, {"runs": runs})
    names = [folder.name for folder in folders]
    table = {
        (scene, variant): [
            runs[key] for seed in args.seeds if (key := run_key(scene, variant, seed, args.steps)) in runs
        ]
        for scene in names
        for variant in args.variants
    }
    _print_table(table)
    checks = _checks(table, names)
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.4f}")
    _write(file, {"runs": runs, "checks": checks})
    print(f"wrote {file}")
    return 0 if all(check["passed"] for check in checks) else 1


def run_key(scene: str, variant: str, seed: int, steps: int | None) -> str:
    """What a run is called in the results."""
    return f"{scene} / {variant} / seed {seed}" + ("" if steps is None else f" / {steps} steps")


def held_out_db(fit: Any, photos: PhotoSet) -> float:
    """PSNR of the held-out photos as the field renders them, all pixels together, sRGB-encoded."""
    import torch

    square: list[np.ndarray] = []
    for photo in photos.compared:
        origins, ways = pixel_rays(photo.camera)
        seen = []
        with torch.no_grad():
            for start in range(0, len(ways), _PIXELS):
                part = slice(start, start + _PIXELS)
                rays = torch.from_numpy(origins[part]), torch.from_numpy(ways[part])
                seen.append(fit.field.render(*rays, fit.settings, fit.settings.steps).colour.cpu().numpy())
        linear = np.concatenate(seen).reshape(photo.linear.shape)
        square.append((srgb_encode(np.clip(linear, 0, 1)) - srgb_encode(np.clip(photo.linear, 0, 1))) ** 2)
    return -10 * float(np.log10(np.mean(square)))


def pixel_rays(camera: Any) -> tuple[np.ndarray, np.ndarray]:
    """Where the rays of a camera's pixels start and their unit directions, (h * w, 3) float32 both."""
    k = camera.intrinsics
    row, column = (axis.ravel() + 0.5 for axis in np.mgrid[: k.height_px, : k.width_px])
    local = np.column_stack([(column - k.cx_px) / k.fx_px, (row - k.cy_px) / k.fy_px, np.ones(len(row))])
    ways = local @ camera.camera_to_world[:3, :3].T
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    origins = np.broadcast_to(camera.camera_to_world[:3, 3], ways.shape)
    return origins.astype(np.float32), ways.astype(np.float32)


def _run(data: PosedData, variant: str, seed: int, args: argparse.Namespace) -> dict[str, float]:
    import torch

    from relens.multiview.surface import SurfaceSettings, fit_surface, mesh_of

    torch.set_num_threads(args.threads)
    settings = SurfaceSettings(**VARIANTS[variant], seed=seed)
    if args.steps is not None:
        settings = replace(settings, steps=args.steps)
    photos = data.photos(priors=settings.uses_priors)
    began = time.perf_counter()
    fit = fit_surface(photos, settings)
    fit_s = time.perf_counter() - began
    mesh = mesh_of(fit, photos)
    mesh_s = time.perf_counter() - began - fit_s
    if args.meshes:
        name = f"{data.name}-{variant.replace(' ', '_')}-{seed}.ply"
        _save_mesh(args.out / "meshes" / name, mesh, data, photos)
    fitted = data.in_its_world(mesh, photos)
    scores = surface_scores(fitted, data.true, data.thin, data.views, data.subject_m, data.size_m)
    return scores | {
        "held_out_db": held_out_db(fit, photos),
        "fitted_db": float(fit.psnr_db),
        "fit_s": fit_s,
        "mesh_s": mesh_s,
        "triangles": len(mesh.triangles),
        "steps": settings.steps,
        "threads": args.threads,
    }


def _save_mesh(path: Path, mesh: Any, data: PosedData, photos: PhotoSet) -> None:
    import trimesh

    path.parent.mkdir(parents=True, exist_ok=True)
    surface = data.in_its_world(mesh, photos)
    colours = (
        None if mesh.rgba is None else np.round(255 * srgb_encode(np.clip(mesh.rgba[:, :3], 0, 1))).astype(np.uint8)
    )
    trimesh.Trimesh(surface.vertices_m, surface.triangles, vertex_colors=colours, process=False).export(path)


def _write(file: Path, report: dict) -> None:
    with atomic_file(file) as temporary:
        temporary.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def _print_table(table: dict[tuple[str, str], list[dict]]) -> None:
    print(f"\n{'scene / variant':<27}{'n':>2}" + "".join(f"{name:>17}" for name in COLUMNS) + f"{'s':>7}")
    for (scene, variant), runs in table.items():
        if runs:
            cells = [_mean_and_spread([run[name] for run in runs], name) for name in COLUMNS]
            seconds = np.mean([run["fit_s"] for run in runs])
            print(
                f"{scene + ' / ' + variant:<27}{len(runs):>2}" + "".join(f"{c:>17}" for c in cells) + f"{seconds:>7.0f}"
            )
    print("\nfull minus variant, paired by seed: mean (least to greatest)")
    print(f"{'scene / variant':<27}" + "".join(f"{name:>36}" for name in PAIRED))
    for (scene, variant), runs in table.items():
        full = table.get((scene, "full"), [])
        if variant != "full" and runs and len(runs) == len(full):
            cells = [_paired(full, runs, name) for name in PAIRED]
            print(f"{scene + ' / ' + variant:<27}" + "".join(f"{cell:>36}" for cell in cells))
    print()


def _mean_and_spread(values: Sequence[float], name: str) -> str:
    digits = 2 if name.endswith(("_mm", "_db")) else 4
    return f"{np.mean(values):.{digits}f} ± {np.std(values):.{digits}f}"


def _paired(full: list[dict], other: list[dict], name: str) -> str:
    difference = [mine[name] - theirs[name] for mine, theirs in zip(full, other, strict=True)]
    return f"{np.mean(difference):+.4f} ({min(difference):+.4f} to {max(difference):+.4f})"


def _checks(table: dict[tuple[str, str], list[dict]], scenes: list[str]) -> list[dict]:
    """The full method above those without one part, and every fit within its time."""
    checks = []
    for name in ("f_score", "thin_f_score"):
        for variant in MUST_LOSE:
            pairs = [(table.get((scene, "full"), []), table.get((scene, variant), [])) for scene in scenes]
            if not all(full and len(full) == len(other) for full, other in pairs):
                continue
            gains = [a[name] - b[name] for full, other in pairs for a, b in zip(full, other, strict=True)]
            gain = float(np.mean(gains))
            checks.append({"floor": f"{name}, full above {variant}", "measured": gain, "passed": gain > 0})
    times = [run["fit_s"] for (_, variant), runs in table.items() if variant == "full" for run in runs]
    if times:
        most = max(times)
        checks.append({"floor": f"fit in at most {MOST_S} s", "measured": most, "passed": most <= MOST_S})
    return checks


if __name__ == "__main__":
    raise SystemExit(main())
