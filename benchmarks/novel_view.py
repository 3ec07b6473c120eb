#!/usr/bin/env python3
"""A view that was never photographed from where it was: the right eye of a stereo pair, from the left photo alone.

The Middlebury motorcycle (stereo.py): its left photo is lifted with the disparity that was measured, and with
semi-global matching's, and shot through a pinhole from the right camera; the right photo is the truth. Forward warping
with holes filled stands beside it. Prints a table, checks the floors, writes OUT/novel-view.json and pictures to
OUT/novel-view/. Exit status 1 when a floor is missed. Needs scikit-image.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import skimage.data
import stereo
from forward_warp import CLASSES, DISOCCLUDED, VISIBLE, classes, filled_from_behind, filled_nearest, pulled, warp
from PIL import Image
from skimage.metrics import structural_similarity
from stereo import BASELINE_M, DOFFS_PX

import relens
from relens.camera import Camera, Intrinsics
from relens.photo import Photo, srgb_encode

CHECKOUT = Path(__file__).parents[1]
REACH_M = 0.2  # a little more than the pair's baseline
LEAST_GAIN_DB = 1.5  # on what comes into view, over forward warping with the nearest colour
MEASURED_CLASSES = ("visible", "disoccluded", "outside", "unmeasured")
WARP, BEHIND, RELENS = "warp, nearest", "warp, behind", "relens"
COLOURS = {
    "visible": (200, 200, 200),
    "disoccluded": (230, 60, 40),
    "outside": (40, 90, 220),
    "unmeasured": (240, 200, 40),
    "crack": (0, 0, 0),
}


def main() -> int:
    """Lift, shoot, warp, compare, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--depth", nargs="+", choices=("measured", "sgm"), default=["measured", "sgm"])
    parser.add_argument("--engine", choices=("auto", "cpu", "reference"), default="auto")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    folder = args.out / "novel-view"
    folder.mkdir(parents=True, exist_ok=True)

    photo, inverse_depth = stereo.motorcycle()
    right = skimage.data.stereo_motorcycle()[1] / 255.0
    true_disparity_px = _disparity_px(inverse_depth, photo.intrinsics)
    kind = classes(true_disparity_px, warp(true_disparity_px)[0])
    parts = {name: float(np.mean(kind == number)) for number, name in enumerate(CLASSES)}
    print("right view: " + ", ".join(f"{name} {100 * part:.1f} %" for name, part in parts.items()) + "\n")
    _save(folder / "truth.png", right)
    _save(folder / "left.png", srgb_encode(photo.linear))
    _save(folder / "classes.png", np.array([COLOURS[name] for name in CLASSES])[kind] / 255)

    tables: dict[str, dict[str, dict]] = {}
    times: dict[str, dict[str, float]] = {}
    for depth in args.depth:
        inverse = inverse_depth if depth == "measured" else stereo.estimate(photo).inverse_depth
        predicted, times[depth] = _predictions(photo, inverse, args.engine)
        tables[depth] = {name: _compare(picture, right, kind) for name, picture in predicted.items()}
        for name, picture in predicted.items():
            stem = f"{depth}-{name.replace(', ', '-')}"
            _save(folder / f"{stem}.png", picture)
            _save(folder / f"{stem}-error.png", np.clip(4 * np.abs(picture - right), 0, 1))
        _print_table(depth, tables[depth], times[depth])
    checks = _checks(tables["measured"]) if "measured" in tables else []
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.2f} dB")

    report = {"relens": relens.__version__, "parts": parts, "tables": tables, "seconds": times, "checks": checks}
    (args.out / "novel-view.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'novel-view.json'} and pictures in {folder}")
    return 0 if all(check["passed"] for check in checks) else 1


def _predictions(photo: Photo, inverse_depth: np.ndarray, engine: str) -> tuple[dict[str, np.ndarray], dict]:
    """The right view by every method, sRGB-encoded, and relens's times."""
    began = time.perf_counter()
    scene = relens.lift(photo, depth=1 / inverse_depth, reach_m=REACH_M, matte=None)
    lifted = time.perf_counter()
    pinhole = relens.Lens(1, 128, 3.0)  # a pupil of 8 micrometres
    picture = relens.shoot(scene, pinhole, camera=_right_camera(scene.camera), samples=4, engine=engine)
    seconds = {"lift": lifted - began, "shoot": time.perf_counter() - lifted}
    left = srgb_encode(photo.linear).astype(np.float64)
    nearest, source = warp(_disparity_px(inverse_depth, photo.intrinsics))
    seen = pulled(left, source)
    return {
        WARP: filled_nearest(seen),
        BEHIND: filled_from_behind(seen, nearest),
        RELENS: srgb_encode(picture.linear).astype(np.float64),
    }, seconds


def _right_camera(camera: Camera) -> Camera:
    """The pair's right camera: a baseline to the right, its principal point further right by what stereo.py tells.

    A point of inverse depth w is at x from the left principal point and at x - f B w from the right one, so that its
    disparity is x_left - x_right = f B w - (cx_right - cx_left).
    """
    k = camera.intrinsics
    shifted = Intrinsics(k.fx_px, k.fy_px, k.cx_px + DOFFS_PX, k.cy_px, k.width_px, k.height_px)
    return Camera(shifted, camera.camera_to_world).moved(BASELINE_M)


def _disparity_px(inverse_depth: np.ndarray, intrinsics: Intrinsics) -> np.ndarray:
    return intrinsics.fx_px * BASELINE_M * inverse_depth - DOFFS_PX


def _compare(picture: np.ndarray, truth: np.ndarray, kind: np.ndarray) -> dict:
    """PSNR and SSIM over each class of pixels: raw, and with each channel fitted on what both cameras see."""
    visible = kind == VISIBLE
    fitted = np.empty_like(picture)
    for channel in range(3):
        line = np.polyfit(picture[..., channel][visible], truth[..., channel][visible], 1)
        fitted[..., channel] = np.polyval(line, picture[..., channel])
    results: dict = {}
    for label, shown in (("raw", picture), ("fitted", np.clip(fitted, 0, 1))):
        ssim = structural_similarity(shown, truth, channel_axis=2, data_range=1.0, full=True)[1]
        for number, name in enumerate(MEASURED_CLASSES):
            mask = kind == number
            psnr_db = -10 * float(np.log10(np.mean((shown - truth)[mask] ** 2)))
            results.setdefault(label, {})[name] = {"psnr_db": psnr_db, "ssim": float(ssim[mask].mean())}
    return results


def _checks(table: dict[str, dict]) -> list[dict]:
    def db(method: str, part: int) -> float:
        return table[method]["raw"][CLASSES[part]]["psnr_db"]

    gain_db = db(RELENS, DISOCCLUDED) - db(WARP, DISOCCLUDED)
    visible_db = db(RELENS, VISIBLE) - db(WARP, VISIBLE)
    return [
        {
            "floor": f"disoccluded at least {LEAST_GAIN_DB} dB above forward warping with the nearest colour",
            "measured": gain_db,
            "passed": gain_db >= LEAST_GAIN_DB,
        },
        {
            "floor": "visible not worse than forward warping",
            "measured": visible_db,
            "passed": visible_db >= 0,
        },
    ]


def _print_table(depth: str, table: dict[str, dict], seconds: dict[str, float]) -> None:
    print(f"{depth} disparity: PSNR (dB) / SSIM; lift {seconds['lift']:.1f} s, shoot {seconds['shoot']:.1f} s")
    print(f"{'':<24}" + "".join(f"{name:^16}" for name in MEASURED_CLASSES))
    for label in ("raw", "fitted"):
        for method, results in table.items():
            cells = [results[label][name] for name in MEASURED_CLASSES]
            text = [f"{cell['psnr_db']:.2f} / {cell['ssim']:.3f}" for cell in cells]
            print(f"{method + ', ' + label:<24}" + "".join(f"{cell:^16}" for cell in text))
    print()


def _save(path: Path, shown: np.ndarray) -> None:
    Image.fromarray(np.round(255 * np.clip(shown, 0, 1)).astype(np.uint8)).save(path)


if __name__ == "__main__":
    raise SystemExit(main())
