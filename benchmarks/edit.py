#!/usr/bin/env python3
"""From an edit of the canonical page to the new picture: the sample portrait, 7.2 megapixels, 64 lens samples.

Each edit darkens a disc of 5 % of the page; the picture is shot again where its light comes to (`relens.render.retake`)
and compared, bit by bit, with a whole new shot. Times are medians of several runs in one process, kernels compiled.
Prints a table, checks the floors, and writes OUT/edit.json. Exit status 1 when a floor is missed.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

import relens
from relens.edit import Where, changed, select
from relens.render.retake import Take, retake, take
from relens.samples import sample_path

CHECKOUT = Path(__file__).parents[1]
# Where a disc's middle lies, as parts of the photo's width and height.
PLACES = {"face, in focus": (0.5, 0.45), "shirt": (0.35, 0.9), "wall, blurred wide": (0.2, 0.12)}
PART_OF_PAGE = 0.05
LIMIT_S = 1.0


def main() -> int:
    """Lift, take, edit and retake; print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()

    scene = relens.lift(relens.read_photo(sample_path("iphone14-portrait")))
    k = scene.camera.intrinsics
    lens = relens.Lens(85, 1.4, 0.334)
    first = take(scene, lens, samples=args.samples)
    full_s = statistics.median(_timed(lambda: take(scene, lens, samples=args.samples))[1] for _ in range(args.runs))
    radius_px = float(np.sqrt(PART_OF_PAGE * scene.layers[0].inverse_depth.size / np.pi))
    rows = {}
    for name, (across, down) in PLACES.items():
        where = Where(brush_px=((across * k.width_px, down * k.height_px),), radius_px=radius_px)
        edits, retakes, last = [], [], first
        for run in range(args.runs):
            after, edit_s = _timed(
                lambda run=run, where=where: changed(scene, select(scene, where), lambda p: p.colour * _stop(run))
            )
            last, retake_s = _timed(lambda after=after, last=last: retake(last, after))
            edits.append(edit_s)
            retakes.append(retake_s)
        same = _same(last, take(last.scene, lens, samples=args.samples))
        rows[name] = {
            "edit_s": statistics.median(edits),
            "retake_s": statistics.median(retakes),
            "reshot": last.reshot,
            "same_bits": same,
        }
    print(f"{k.width_px * k.height_px / 1e6:.1f} megapixels, {args.samples} samples, whole shot {full_s:.2f} s\n")
    print(f"{'edit of 5 % of the page':26}{'edit':>8}{'retake':>8}{'sum':>8}{'reshot':>9}  same bits")
    checks = []
    for name, row in rows.items():
        total_s = row["edit_s"] + row["retake_s"]
        print(
            f"{name:26}{row['edit_s']:7.2f}s{row['retake_s']:7.2f}s{total_s:7.2f}s{row['reshot']:9.1%}"
            f"  {row['same_bits']}"
        )
        checks.append({"floor": f"{name}: at most {LIMIT_S:g} s", "measured": total_s, "passed": total_s <= LIMIT_S})
        checks.append({"floor": f"{name}: the new picture's bits", "measured": 1.0, "passed": row["same_bits"]})
    print()
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.2f}")
    args.out.mkdir(parents=True, exist_ok=True)
    report = {"relens": relens.__version__, "samples": args.samples, "full_s": full_s, "edits": rows, "checks": checks}
    (args.out / "edit.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'edit.json'}")
    return 0 if all(check["passed"] for check in checks) else 1


def _stop(run: int) -> float:
    """Another brightness for every run, so that each is an edit."""
    return 0.5 + 0.05 * run


def _timed(work) -> tuple:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def _same(one: Take, other: Take) -> bool:
    names = ("linear", "alpha", "sample_count", "standard_error")
    return all(np.array_equal(getattr(one.picture, name), getattr(other.picture, name)) for name in names)


if __name__ == "__main__":
    sys.exit(main())
