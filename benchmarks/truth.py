#!/usr/bin/env python3
"""Truth for refocusing, path traced here: folders of scenes that benchmarks/fidelity.py reads.

Renders the scenes of truth_scenes.py with Mitsuba 3 into OUT/scenes/<name>/: photo.png, photo.npz, depth.npz,
depth_estimate.npz, camera.json, lens_<k>.npz, and where the scene has a foreground, alpha.npz and foreground.npz
(benchmarks/README.md tells the formats). Needs the `dev` extra and LLVM.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from mitsuba_scene import describe, load_mitsuba
from PIL import Image
from scipy.ndimage import gaussian_filter
from truth_mitsuba import Traced, coverage, depth, photograph, world
from truth_scene import HEIGHT_PX, SENSOR_WIDTH_MM, WIDTH_PX, TruthScene, fx_px, pupil_radius_m
from truth_scenes import MAKERS

from relens.photo import srgb_encode

CHECKOUT = Path(__file__).parents[1]
PHOTO_SAMPLES, COVERAGE_SAMPLES = 256, 256
# How a network sees depth: edges this soft, and slow waves of this size.
EDGE_PX, WAVE, WAVE_PX = 2.5, 0.03, 60


def main() -> int:
    """Render every scene that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", nargs="+", help="only these")
    parser.add_argument("--samples", type=int, default=512, help="of each lens picture's pixels (default 512)")
    parser.add_argument("--time-limit", type=float, default=40, help="seconds for each picture (default 40)")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks" / "truth", help="folder of truth")
    args = parser.parse_args()
    unknown = set(args.scenes or ()) - MAKERS.keys()
    if unknown:
        print(f"{', '.join(sorted(unknown))}: no such scene; there are {', '.join(MAKERS)}", file=sys.stderr)
        return 2

    mi = load_mitsuba()
    if mi.variant().startswith("scalar"):
        print("no LLVM found for Mitsuba: install libllvm19, or set DRJIT_LIBLLVM_PATH", file=sys.stderr)
        return 2
    print(f"{describe(mi)}\n\n{'picture':<20}{'samples':>8}{'noise dB':>10}{'s':>7}")
    for name in args.scenes or MAKERS:
        _make(mi, MAKERS[name](), args.out / "scenes" / name, args.samples, args.time_limit)
    print(f"wrote {args.out}")
    return 0


def _make(mi, scene: TruthScene, folder: Path, samples: int, time_limit_s: float) -> None:
    """One scene's folder; camera.json, which marks it as whole, is written last."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "camera.json").unlink(missing_ok=True)
    traced = world(mi, scene)

    def shot(name: str, lens, most: int, seed: int, model=traced) -> None:
        began = time.perf_counter()
        picture = photograph(mi, scene, model, lens, most, time_limit_s, seed)
        noise_db, seconds = _noise_db(picture), time.perf_counter() - began
        print(f"{scene.name + '/' + name:<20}{picture.samples:>8}{noise_db:>10.1f}{seconds:>7.1f}", flush=True)
        np.savez_compressed(folder / f"{name}.npz", linear=picture.linear.astype(np.float16))
        Image.fromarray(_eight_bit(picture.linear)).save(folder / f"{name}.png")

    photo_samples = min(PHOTO_SAMPLES, samples)
    shot("photo", None, photo_samples, 0)
    metres = depth(mi, scene)
    np.savez_compressed(folder / "depth.npz", metres=metres)
    np.savez_compressed(folder / "depth_estimate.npz", metres=_as_a_network_sees(metres))
    if any(surface.is_foreground for surface in scene.surfaces):
        np.savez_compressed(folder / "alpha.npz", alpha=coverage(mi, scene, COVERAGE_SAMPLES))
        shot("foreground", None, photo_samples, 1000, world(mi, scene, black="background"))
    for number, lens in enumerate(scene.lenses):
        shot(f"lens_{number}", lens, samples, 1000 * (2 + number))
    (folder / "camera.json").write_text(json.dumps(_camera(scene), indent=1) + "\n", "utf-8")


def _camera(scene: TruthScene) -> dict:
    lenses = [
        {
            "focus_distance_m": lens.focus_distance_m,
            "f_number": lens.f_number,
            "focal_length_mm": scene.focal_length_mm,
            "aperture_radius_m": pupil_radius_m(scene, lens),
            "eye_m": list(lens.eye_m),
        }
        for lens in scene.lenses
    ]
    return {
        "width": WIDTH_PX,
        "height": HEIGHT_PX,
        "fx_px": fx_px(scene),
        "fy_px": fx_px(scene),
        "cx_px": WIDTH_PX / 2,
        "cy_px": HEIGHT_PX / 2,
        "sensor_width_mm": SENSOR_WIDTH_MM,
        "lenses": lenses,
    }


def _as_a_network_sees(metres: np.ndarray) -> np.ndarray:
    """Inverse depth with soft edges and slow waves."""
    random = np.random.default_rng(7)
    wave = gaussian_filter(random.standard_normal(metres.shape), WAVE_PX, mode="reflect")
    soft = gaussian_filter(1 / metres.astype(np.float64), EDGE_PX, mode="nearest")
    return (1 / (soft * (1 + WAVE * wave / wave.std()))).astype(np.float32)


def _noise_db(picture: Traced) -> float:
    """What the picture's own noise leaves as PSNR, sRGB-encoded and clipped as the scores are."""
    error = _encoded(picture.linear + picture.noise) - _encoded(picture.linear - picture.noise)
    return -10 * float(np.log10(max(np.mean((error / 2) ** 2), 1e-12)))


def _encoded(linear: np.ndarray) -> np.ndarray:
    return srgb_encode(np.clip(linear, 0, 1))


def _eight_bit(linear: np.ndarray) -> np.ndarray:
    return np.round(255 * _encoded(linear)).astype(np.uint8)


if __name__ == "__main__":
    raise SystemExit(main())
