#!/usr/bin/env python3
"""The portrait prior against what phones measured: how far away a face is, and how it is shaped.

For every phone portrait with metric depth and a matte: the depth back-end `portrait`, which sees the pixels and the
intrinsics alone, beside the depth in the file. Compared is the face: the pixels of the phone's map inside the outline
of the mesh, and inside the phone's matte by 1.5 times the 4 pixels over which its depth ramps at silhouettes (the
relief also by once that, for the record); pixels where the phone lies more than 15 cm behind the face's median (it sees
the wall through glasses and hair) are left out, and their share is printed. The relief's error is the root mean square
after the median shift. Also: the iris check of the phone's own depth, the person's mask against the matte, and how
often the body's error is within the stated deviation.
Prints a table, checks the floors, and writes OUT/portrait.json. Exit status 1 when a floor is missed.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import cv2
import numpy as np

import relens
from relens.depth.metric_scale import check_scale
from relens.depth.portrait import PortraitPrior
from relens.face import find_faces, person_mask

CHECKOUT = Path(__file__).parents[1]
DEFAULT_PORTRAITS = Path(os.environ.get("RELENS_PORTRAITS", CHECKOUT / ".." / "shared" / "assets" / "portraits"))
MOST_DISTANCE_ERROR, MOST_RELIEF_MM = 0.05, 12.0
RAMP_PX, RAMPS_INSIDE, MOST_BEHIND_M = 4.0, 1.5, 0.15


def main() -> int:
    """Measure, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--portraits", type=Path, default=DEFAULT_PORTRAITS, help="folder of phone portraits (or set RELENS_PORTRAITS)"
    )
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    paths = sorted(path for path in args.portraits.glob("*") if path.suffix.lower() in (".heic", ".jpg", ".jpeg"))
    if not paths:
        print(f"{args.portraits}: no phone portraits; name their folder with --portraits", file=sys.stderr)
        return 2

    rows = {path.name: _measure(path) for path in paths}
    checks = [check for name, row in rows.items() for check in _checks(name, row)]
    _print_table(rows)
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.4g}")
    args.out.mkdir(parents=True, exist_ok=True)
    report = {"relens": relens.__version__, "portraits": rows, "checks": checks}
    (args.out / "portrait.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'portrait.json'}")
    return 0 if all(check["passed"] for check in checks) else 1


def _measure(path: Path) -> dict:
    photo = relens.read_photo(path)
    phone = relens.find_depth(photo, "phone")
    began = time.perf_counter()
    prior = PortraitPrior().estimate(photo)
    took_s = time.perf_counter() - began
    assert prior.uncertainty is not None
    height, width = phone.inverse_depth.shape
    with np.errstate(divide="ignore"):
        phone_m = 1 / phone.inverse_depth
    ours_m = 1 / cv2.resize(prior.inverse_depth, (width, height), interpolation=cv2.INTER_NEAREST)
    spread = cv2.resize(prior.uncertainty, (width, height), interpolation=cv2.INTER_NEAREST)

    matte = photo.mattes["portrait"]
    low = cv2.resize(matte, (width, height), interpolation=cv2.INTER_AREA)
    inside_px = cv2.distanceTransform((low > 0.95).astype(np.uint8), cv2.DIST_L2, 5)
    known = np.isfinite(phone_m)
    outline = np.zeros((height, width), np.uint8)
    mesh = find_faces(photo)[0].mesh_px[:, :2] * (width / photo.width_px)
    cv2.fillConvexPoly(outline, cv2.convexHull(mesh.astype(np.float32)).round().astype(np.int32), 1)
    face = (outline > 0) & (inside_px > RAMPS_INSIDE * RAMP_PX) & known
    through = face & (phone_m > np.median(phone_m[face]) + MOST_BEHIND_M)
    kept = face & ~through
    body = (inside_px > RAMPS_INSIDE * RAMP_PX) & (outline == 0) & known
    wider = (outline > 0) & (inside_px > RAMP_PX) & known & (phone_m <= np.median(phone_m[face]) + MOST_BEHIND_M)
    log_error = np.abs(np.log(ours_m / np.where(known, phone_m, 1)))
    mask = cv2.resize(person_mask(photo, find_faces(photo)), matte.shape[::-1], interpolation=cv2.INTER_LINEAR) >= 0.5
    check = check_scale(phone, photo)
    return {
        "face_phone_m": float(np.median(phone_m[kept])),
        "face_ours_m": float(np.median(ours_m[kept])),
        "distance_error": float(np.median(ours_m[kept]) / np.median(phone_m[kept]) - 1),
        "stated_deviation": float(np.median(spread[kept])),
        "relief_rmse_mm": _relief_rmse_mm((ours_m - phone_m)[kept]),
        "relief_rmse_nearer_the_edge_mm": _relief_rmse_mm((ours_m - phone_m)[wider]),
        "left_out_share": float(through.sum() / face.sum()),
        "body_error": float(np.median(log_error[body])),
        "body_inside_one_sigma": float((log_error[body] <= spread[body]).mean()),
        "mask_iou": float((mask & (matte >= 0.5)).sum() / (mask | (matte >= 0.5)).sum()),
        "iris_check_of_the_phone": None if check is None else {"ratio": check.ratio, "deviation": check.spread},
        "seconds": took_s,
        "notes": prior.notes,
    }


def _relief_rmse_mm(error_m: np.ndarray) -> float:
    return float(1e3 * np.sqrt(np.mean((error_m - np.median(error_m)) ** 2)))


def _checks(name: str, row: dict) -> list[dict]:
    """The floors of the issue."""
    error, relief_mm = abs(row["distance_error"]), row["relief_rmse_mm"]
    return [
        {
            "floor": f"{name}: median face distance within {MOST_DISTANCE_ERROR:.0%}",
            "measured": error,
            "passed": error <= MOST_DISTANCE_ERROR,
        },
        {
            "floor": f"{name}: face relief RMSE under {MOST_RELIEF_MM:g} mm",
            "measured": relief_mm,
            "passed": relief_mm < MOST_RELIEF_MM,
        },
    ]


def _print_table(rows: dict[str, dict]) -> None:
    print(
        f"{'portrait':<32}{'phone':>8}{'ours':>8}{'error':>8}{'stated':>8}{'relief':>10}{'(edge)':>9}"
        f"{'left out':>10}{'body':>8}{'in 1 sd':>9}{'mask IoU':>10}{'iris/phone':>16}{'time':>8}"
    )
    for name, row in rows.items():
        check = row["iris_check_of_the_phone"]
        iris = "no open eye" if check is None else f"{check['ratio']:.3f} ± {check['deviation']:.3f}"
        print(
            f"{name:<32}{row['face_phone_m']:>6.3f} m{row['face_ours_m']:>6.3f} m{row['distance_error']:>8.1%}"
            f"{row['stated_deviation']:>8.1%}{row['relief_rmse_mm']:>7.1f} mm"
            f"{row['relief_rmse_nearer_the_edge_mm']:>9.1f}{row['left_out_share']:>10.2%}"
            f"{row['body_error']:>8.1%}{row['body_inside_one_sigma']:>9.0%}{row['mask_iou']:>10.3f}{iris:>16}"
            f"{row['seconds']:>6.1f} s"
        )
    print()


if __name__ == "__main__":
    raise SystemExit(main())
