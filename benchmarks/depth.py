#!/usr/bin/env python3
"""Depth: how true it is, how sharp at silhouettes, and how honest about its own errors.

Boundary F1 as the Depth Pro paper defines it (boundary_f1.py), mean relative error (AbsRel), the part of pixels within
25 % (d1), and the part of them whose error lies inside one and two of the standard deviations that relens states. On
path-traced scenes with true depth, on a real photograph with measured depth (the Middlebury motorcycle), and on phone
portraits, whose matte says where the silhouette is. Prints tables with well-known methods beside relens, checks the
floors, and writes OUT/depth.json. Exit status 1 when a floor is missed. Needs scikit-image.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import stereo
from boundary_f1 import boundary_f1, boundary_recall
from upsampling import METHODS

import relens
from relens.depth import Depth, fit_depth
from relens.depth.align import align
from relens.depth.ensemble import SPREAD_FACTOR, with_uncertainty
from relens.depth.fuse import fuse
from relens.photo import Photo, srgb_encode

CHECKOUT = Path(__file__).parents[1]
SHARED = CHECKOUT / ".." / "shared"
DEFAULT_BENCH = Path(os.environ.get("RELENS_BENCH", SHARED / "bench"))
DEFAULT_PORTRAITS = Path(os.environ.get("RELENS_PORTRAITS", SHARED / "assets" / "portraits"))
# The phone's stand-in: the truth at an eighth of the size, with this relative noise.
PHONE_SHARE, PHONE_NOISE = 8, 0.01
# A network without scale: inverse depth times and plus anything.
NETWORK_SCALE, NETWORK_SHIFT = 3.7, 0.9

Row = dict[str, float | str | None]


def main() -> int:
    """Measure, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=DEFAULT_BENCH, help="folder of truth (or set RELENS_BENCH)")
    parser.add_argument(
        "--portraits", type=Path, default=DEFAULT_PORTRAITS, help="folder of phone portraits (or set RELENS_PORTRAITS)"
    )
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    folders = sorted(path.parent for path in args.bench.glob("scenes/*/camera.json"))
    if not folders:
        print(f"{args.bench}: no scenes there; give the folder of truth with --bench or RELENS_BENCH", file=sys.stderr)
        return 2

    tables: dict[str, list[Row]] = {}
    for folder in folders:
        tables[f"{folder.name} (path traced, 512x341)"] = _scene(folder)
    tables["motorcycle (Middlebury 2014, photographed, 741x500)"] = _motorcycle()
    for path in sorted(path for path in args.portraits.glob("*") if path.suffix in (".heic", ".jpg")):
        tables[f"{path.name} (phone portrait; no truth: the silhouette is the phone's matte at 0.5)"] = _portrait(path)
    for title, rows in tables.items():
        _print_table(title, rows)
    checks = _checks(tables)
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.4f}")

    args.out.mkdir(parents=True, exist_ok=True)
    report = {"relens": relens.__version__, "tables": tables, "checks": checks}
    (args.out / "depth.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'depth.json'}")
    return 0 if all(check["passed"] for check in checks) else 1


def _scene(folder: Path) -> list[Row]:
    """True depth; the estimate that stands for a network; the truth made coarse, that stands for a phone; both."""
    camera = json.loads((folder / "camera.json").read_text("utf-8"))
    photo = relens.read_photo(folder / "photo.png", fx_px=camera["fx_px"])
    truth = Depth.from_metres(np.load(folder / "depth.npz")["metres"], "truth")
    soft = Depth.from_metres(np.load(folder / "depth_estimate.npz")["metres"], "estimate")
    rows = [_row("true depth, relens", _timed(fit_depth, truth, photo), truth.inverse_depth)]
    rows += _brought_up("estimate", soft, photo, truth.inverse_depth)
    phone = _phone(truth.inverse_depth)
    rows += _brought_up(f"truth/{PHONE_SHARE}", phone, photo, truth.inverse_depth)
    rows += _fused(f"truth/{PHONE_SHARE} + estimate without scale", phone, soft, photo, truth.inverse_depth)
    return rows


def _motorcycle() -> list[Row]:
    """Real errors: stereo matching, as it is and asked again; and the measured depth made soft, made coarse."""
    photo, truth = stereo.motorcycle()
    matched = stereo.estimate(photo)
    rows = [_row("stereo matching, as is", _timed(lambda: matched.inverse_depth), truth)]
    for name, factor in (("spread as is", 1.0), (f"spread times {SPREAD_FACTOR}", SPREAD_FACTOR)):
        sure = with_uncertainty(stereo.estimate, photo, spread_factor=factor)
        rows.append(_row(f"stereo asked again, {name}", _timed(lambda sure=sure: sure.inverse_depth), truth, sure))
    rows += _joined(photo, truth)
    rows.append(_row("stereo matching, relens", _timed(fit_depth, matched, photo), truth))
    whole = fit_depth(Depth(truth, "truth", edge_width_px=0.0), photo)
    rows += _brought_up("measured, softened 2.5 px", Depth(cv2.GaussianBlur(whole, (0, 0), 2.5), "soft"), photo, truth)
    phone = _phone(whole)
    rows += _brought_up(f"measured/{PHONE_SHARE}", phone, photo, truth)
    rows += _fused(f"measured/{PHONE_SHARE} + stereo without scale", phone, matched, photo, truth)
    return rows


def _joined(photo: Photo, truth: np.ndarray) -> list[Row]:
    """Whether the mean or the median of the three predictions is truer than the first, where all three know."""
    from relens.depth import ensemble

    stack = ensemble.predictions(stereo.estimate, photo)[1]
    known = ~np.isnan(stack).any(axis=0)
    joined = {"first": stack[0], "mean": np.exp(np.log(stack).mean(axis=0)), "median": np.sort(stack, axis=0)[1]}
    return [
        _row(f"{name} of three, where all know", _timed(lambda x=x: np.where(known, x, np.nan)), truth)
        for name, x in joined.items()
    ]


def _portrait(path: Path) -> list[Row]:
    """Where phone depth has the silhouette, on the matte's grid; and the portrait prior beside the phone's depth."""
    photo = relens.read_photo(path)
    embedded, matte = photo.embedded_depth, photo.mattes.get("portrait")
    if embedded is None or matte is None:
        return [{"name": "holds no depth or no matte"}]
    height, width = matte.shape
    small = replace(
        photo,
        linear=cv2.resize(photo.linear, (width, height), interpolation=cv2.INTER_AREA),
        intrinsics=photo.intrinsics.resized(width, height),
    )
    phone = Depth(embedded.inverse_depth, "phone")
    ways: dict[str, Callable[[], np.ndarray]] = {
        **{name: partial(method, phone.inverse_depth, _guide(small)) for name, method in METHODS.items()},
        "relens without the matte": partial(fit_depth, phone, small),
        "relens with the matte (exact by construction)": partial(fit_depth, phone, small, matte),
    }
    rows: list[Row] = []
    for name, way in ways.items():
        inverse, seconds = _timed(way)
        recall = boundary_recall(inverse, (matte >= 0.5).astype(np.float32))
        rows.append({"name": f"phone, {name}", "recall": recall, "seconds": seconds})
    return rows + _portrait_prior(photo, phone, matte)


def _portrait_prior(photo: Photo, phone: Depth, matte: np.ndarray) -> list[Row]:
    """The offline prior against the phone's depth, on the person; the phone errs too."""
    if find_spec("relens.depth.portrait") is None or find_spec("ai_edge_litert") is None:
        return [{"name": "portrait prior: not measured, it cannot be imported here"}]
    from relens.depth.choose import backend

    prior = backend("portrait").estimate(photo)
    size = phone.inverse_depth.shape[::-1]
    person = cv2.resize(matte, size, interpolation=cv2.INTER_AREA) > 0.9
    reference = np.where(person, phone.inverse_depth, np.nan)
    inverse = cv2.resize(prior.inverse_depth, size, interpolation=cv2.INTER_AREA)
    uncertainty = None if prior.uncertainty is None else cv2.resize(prior.uncertainty, size)
    stated = None if uncertainty is None else replace(prior, inverse_depth=inverse, uncertainty=uncertainty)
    row = _row("portrait prior against the phone, on the person", _timed(lambda: inverse), reference, stated)
    aligned = align(inverse, reference.astype(np.float32), shift=False)
    row["scale"] = aligned.scale
    return [{**row, "f1": None}]


def _brought_up(name: str, depth: Depth, photo: Photo, truth: np.ndarray) -> list[Row]:
    """The map on the photo's grid, by each method; those that do nothing to a map of that size are the map as it is."""
    own_size = depth.inverse_depth.shape == truth.shape
    rows = []
    for method_name, method in METHODS.items():
        if own_size and method_name == "nearest":
            continue
        label = "as is" if own_size and method_name == "bilinear" else method_name
        rows.append(_row(f"{name}, {label}", _timed(method, depth.inverse_depth, _guide(photo)), truth))
    return [*rows, _row(f"{name}, relens", _timed(fit_depth, depth, photo), truth)]


def _fused(name: str, phone: Depth, network: Depth, photo: Photo, truth: np.ndarray) -> list[Row]:
    """Phone and network joined, after everything that says metres is taken from the network."""
    scaleless = replace(network, inverse_depth=NETWORK_SCALE * network.inverse_depth + np.float32(NETWORK_SHIFT))
    fused = fuse(phone, scaleless, photo)
    joined = _row(f"{name}, fused", _timed(lambda: fused.inverse_depth), truth, fused)
    return [joined, _row(f"{name}, fused and fitted", _timed(fit_depth, fused, photo), truth)]


def _phone(truth: np.ndarray) -> Depth:
    size = (truth.shape[1] // PHONE_SHARE, truth.shape[0] // PHONE_SHARE)
    low = cv2.resize(truth, size, interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(0).normal(size=low.shape)
    return Depth((low * (1 + PHONE_NOISE * noise)).astype(np.float32), "phone")


def _guide(photo: Photo) -> np.ndarray:
    return srgb_encode(np.clip(photo.linear, 0, 1)).astype(np.float32)


def _timed(work: Callable, *args: object) -> tuple[np.ndarray, float]:
    began = time.perf_counter()
    done = work(*args)
    return done, time.perf_counter() - began


def _row(name: str, timed: tuple[np.ndarray, float], truth: np.ndarray, stated: Depth | None = None) -> Row:
    """Scores of inverse depth where both it and the truth are known; with coverage where it states its uncertainty."""
    inverse, seconds = timed
    both = ~np.isnan(inverse) & ~np.isnan(truth)
    ratio = np.log(np.maximum(inverse, 1e-6) / truth)[both]
    row: Row = {
        "name": name,
        "f1": boundary_f1(inverse, truth),
        "abs_rel": float(np.abs(np.exp(-ratio) - 1).mean()),
        "d1": float((np.abs(ratio) < np.log(1.25)).mean()),
        "known": float(both.sum() / (~np.isnan(truth)).sum()),
        "seconds": seconds,
    }
    if stated is not None and stated.uncertainty is not None:
        sigmas = np.abs(ratio) / np.maximum(stated.uncertainty[both], 1e-9)
        row["in_1_sigma"], row["in_2_sigma"] = float((sigmas < 1).mean()), float((sigmas < 2).mean())
    return row


def _checks(tables: dict[str, list[Row]]) -> list[dict]:
    """The floors, by the names of rows."""
    checks = []
    for title, rows in tables.items():
        scores = {str(row["name"]): row for row in rows}
        for name, row in scores.items():
            if not name.endswith(", relens") or name.startswith(("true", "stereo")):
                continue
            others = [
                row["f1"] for other, row in scores.items() if other.rpartition(", ")[0] == name[: -len(", relens")]
            ]
            best = max(float(f1) for f1 in others if f1 is not row["f1"] and f1 is not None)
            checks.append(
                _check(f"{title.split()[0]}: boundary F1 of {name} over the best other's {best:.3f}", row, "f1", best)
            )
        for name, row in scores.items():
            if name.startswith("true"):
                checks.append(_check(f"{title.split()[0]}: boundary F1 of {name} is 1", row, "f1", 1.0))
    return checks


def _check(floor: str, row: Row, key: str, least: float) -> dict:
    measured = float(row[key] or 0)
    return {"floor": floor, "measured": measured, "passed": measured >= least}


def _print_table(title: str, rows: list[Row]) -> None:
    columns = {"f1": "F1", "recall": "recall", "abs_rel": "AbsRel", "d1": "d1", "known": "known", "scale": "scale"}
    columns |= {"in_1_sigma": "in 1s", "in_2_sigma": "in 2s", "seconds": "s"}
    used = {key: name for key, name in columns.items() if any(row.get(key) is not None for row in rows)}
    print(f"{title}\n{'':<52}" + "".join(f"{name:>8}" for name in used.values()))
    for row in rows:
        cells = []
        for key in used:
            value = row.get(key)
            digits = {"abs_rel": 4, "seconds": 2}.get(key, 3)
            cells.append(f"{'-':>8}" if value is None else f"{value:>8.{digits}f}")
        print(f"{row['name']:<52}" + "".join(cells))
    print()


if __name__ == "__main__":
    raise SystemExit(main())
