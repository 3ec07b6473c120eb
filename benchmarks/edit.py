#!/usr/bin/env python3
"""From an edit of the canonical page to the new picture: the sample portrait, 7.2 megapixels, 64 lens samples.

Each edit darkens a disc of 5 % of the page, and one darkens all pages; the picture is shot again where its light comes
to (`relens.render.retake`) and compared, bit by bit, with a whole new shot. Then all pages are stylised by a function
from picture to picture, as in AGAP's table of editing times. Times are medians of several runs in one process,
kernels compiled. Prints a table, checks the floors, and writes OUT/edit.json. Exit status 1 when a floor is missed.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

import relens
from relens.edit import Expose, Where, stylised
from relens.render.retake import Take, retake, take
from relens.samples import sample_path

CHECKOUT = Path(__file__).parents[1]
# Where a disc's middle lies, as parts of the photo's width and height.
PLACES = {"face, in focus": (0.5, 0.45), "shirt": (0.35, 0.9), "wall, blurred wide": (0.2, 0.12)}
EVERYTHING = "all pages"
PART_OF_PAGE = 0.05
LIMIT_S = 1.0


def main() -> int:
    """Lift, take, edit and retake; print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()

    photo = relens.read_photo(sample_path("iphone14-portrait"))
    scene, lift_s = _timed(lambda: relens.lift(photo))
    k = scene.camera.intrinsics
    lens = relens.Lens(85, 1.4, 0.334)
    first = take(scene, lens, samples=args.samples)
    full_s = statistics.median(_timed(lambda: take(scene, lens, samples=args.samples))[1] for _ in range(args.runs))
    radius_px = float(np.sqrt(PART_OF_PAGE * scene.layers[0].inverse_depth.size / np.pi))
    places = {
        name: Where(brush_px=((across * k.width_px, down * k.height_px),), radius_px=radius_px)
        for name, (across, down) in PLACES.items()
    }
    rows = {}
    for name, where in {**places, EVERYTHING: Where()}.items():
        edits, retakes, last = [], [], first
        for run in range(args.runs):
            after, edit_s = _timed(lambda run=run, where=where: Expose(-1 - run / 8, where=where)(scene))
            last, retake_s = _timed(lambda after=after, last=last: retake(last, after))
            edits.append(edit_s)
            retakes.append(retake_s)
        rows[name] = {
            "edit_s": statistics.median(edits),
            "retake_s": statistics.median(retakes),
            "reshot": last.reshot,
            "same_bits": _same(last, take(last.scene, lens, samples=args.samples)),
        }
    style_s = statistics.median(_timed(lambda: stylised(scene, posterised))[1] for _ in range(args.runs))
    print(f"{k.width_px * k.height_px / 1e6:.1f} megapixels, {args.samples} samples: lift {lift_s:.1f} s (may have")
    print(f"compiled), whole shot {full_s:.2f} s; all pages stylised {style_s:.2f} s\n")
    print(f"{'edit of 5 % of the page':26}{'edit':>8}{'retake':>8}{'sum':>8}{'reshot':>9}  same bits")
    checks = []
    for name, row in rows.items():
        total_s, limit_s = row["edit_s"] + row["retake_s"], full_s if name == EVERYTHING else LIMIT_S
        print(
            f"{name:26}{row['edit_s']:7.2f}s{row['retake_s']:7.2f}s{total_s:7.2f}s{row['reshot']:9.1%}"
            f"  {row['same_bits']}"
        )
        checks.append({"floor": f"{name}: at most {limit_s:.3g} s", "measured": total_s, "passed": total_s <= limit_s})
        checks.append({"floor": f"{name}: the new picture's bits", "measured": 1.0, "passed": row["same_bits"]})
    print()
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.2f}")
    args.out.mkdir(parents=True, exist_ok=True)
    report = {
        "relens": relens.__version__,
        "samples": args.samples,
        "lift_s": lift_s,
        "full_s": full_s,
        "style_s": style_s,
        "edits": rows,
        "checks": checks,
    }
    (args.out / "edit.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'edit.json'}")
    return 0 if all(check["passed"] for check in checks) else 1


def posterised(picture: np.ndarray) -> np.ndarray:
    """A plain style: seven steps of each channel."""
    return np.round(picture * 6) / 6


def _timed(work) -> tuple:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def _same(one: Take, other: Take) -> bool:
    names = ("linear", "alpha", "sample_count", "standard_error")
    return all(np.array_equal(getattr(one.picture, name), getattr(other.picture, name)) for name in names)


if __name__ == "__main__":
    sys.exit(main())
