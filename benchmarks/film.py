#!/usr/bin/env python3
"""What a film costs, and whether it holds still: frames a second, what encoding adds, and flicker.

Prints tables, checks the floors, and writes OUT/film.json. Exit status 1 when a floor is missed.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from two_layers import NEAR_M, two_layers

import relens
from relens.film import film
from relens.film.frame import render_frame
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.shots import Shots, shots
from relens.photo.transfer import srgb_encode
from relens.render.aim import Aim
from relens.render.choose import open_engine

CHECKOUT = Path(__file__).parents[1]
_SAMPLES = 64
_FULL_HD = 1920, 1080
_LEAST_FPS = 1.5
# Of a frame at 8 bits: a flicker under half a code cannot be shown.
_MOST_FLICKER_CODES = 0.5
_LENSES = {
    "50 mm f/1.4": Lens(50, 1.4),
    "50 mm f/2": Lens(50, 2),
    "50 mm f/4": Lens(50, 4),
    "85 mm f/1.4": Lens(85, 1.4),
}


def main() -> int:
    """Measure; print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=12, help="of each film whose rate is measured")
    parser.add_argument("--engine", default="cpu")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    rates = frame_rates(args.frames, args.engine)
    encoding = beside_rendering(args.engine)
    flicker = flickers(args.engine)
    for title, rows in (
        (f"frames/s, {_FULL_HD[0]}x{_FULL_HD[1]}, two layers, {_SAMPLES} samples, without encoding", rates),
        ("48 frames of 960x540, H.264", encoding),
        ("flicker", flicker),
    ):
        print(title)
        for name, value in rows.items():
            print(f"  {name:58}{value:9.3f}")
        print()
    one_after_the_other_s = encoding["rendering alone, s"] + encoding["encoding alone, s"]
    checks = [
        {
            "floor": f"every lens at least {_LEAST_FPS} frames/s",
            "measured": min(rates.values()),
            "passed": min(rates.values()) >= _LEAST_FPS,
        },
        {
            "floor": f"a film takes less than {one_after_the_other_s:.2f} s, its rendering and then its encoding",
            "measured": encoding["film, s"],
            "passed": encoding["film, s"] < one_after_the_other_s,
        },
        {
            "floor": "what stands still varies by nothing",
            "measured": flicker["static shot, variance"],
            "passed": flicker["static shot, variance"] == 0,
        },
        {
            "floor": f"a push-in flickers by at most {_MOST_FLICKER_CODES} codes",
            "measured": flicker["push-in, codes"],
            "passed": flicker["push-in, codes"] <= _MOST_FLICKER_CODES,
        },
    ]
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.3f}")
    args.out.mkdir(parents=True, exist_ok=True)
    report = {"relens": relens.__version__, "rates": rates, "encoding": encoding, "flicker": flicker, "checks": checks}
    (args.out / "film.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'film.json'}")
    return 0 if all(check["passed"] for check in checks) else 1


def push_in(lens: Lens, size_px: tuple[int, int], scene, frames: int, shutter_deg: float = 0.0) -> Shots:
    """A slow push of 6 cm to the side and forward, the focus kept on the person."""
    keyframes = (
        Keyframe(0, eye_m=(0, 0, 0), focus=Aim(point_m=(0, 0, NEAR_M))),
        Keyframe((frames - 1) / 24, eye_m=(0.02, 0, 0.06)),
    )
    return shots(CameraPath(keyframes, lens=lens, shutter_deg=shutter_deg), scene, size_px=size_px)


def frame_rates(frames: int, engine_name: str) -> dict[str, float]:
    """Frames a second by lens: the median frame of a push-in, the first left out."""
    scene = two_layers(3.0)
    engine = open_engine(scene, engine_name)
    rates = {}
    for name, lens in _LENSES.items():
        rates[name] = _rate(engine, push_in(lens, _FULL_HD, scene, frames))
    rates["50 mm f/2, shutter 180"] = _rate(engine, push_in(_LENSES["50 mm f/2"], _FULL_HD, scene, frames, 180))
    return rates


def _rate(engine, path: Shots) -> float:
    seconds = []
    for shot in path:
        start_s = time.perf_counter()
        render_frame(engine, shot, _SAMPLES, 0)
        seconds.append(time.perf_counter() - start_s)
    return 1 / statistics.median(seconds[1:])


def beside_rendering(engine_name: str) -> dict[str, float]:
    """How long a film takes, and its rendering and its encoding alone."""
    scene = two_layers(1.0)
    engine = open_engine(scene, engine_name)
    path = push_in(_LENSES["50 mm f/2"], (960, 540), scene, 48)
    render_frame(engine, path[0], _SAMPLES, 0)
    start_s = time.perf_counter()
    for shot in path:
        render_frame(engine, shot, _SAMPLES, 0)
    rendering_s = time.perf_counter() - start_s
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "frames"
        start_s = time.perf_counter()
        film(scene, path, Path(folder) / "film.mp4", engine=engine_name, samples=_SAMPLES, frames_folder=kept)
        film_s = time.perf_counter() - start_s
        # All frames are there: what is left is reading them back and encoding.
        start_s = time.perf_counter()
        film(scene, path, Path(folder) / "again.mp4", engine=engine_name, samples=_SAMPLES, frames_folder=kept)
        encoding_s = time.perf_counter() - start_s
    return {"rendering alone, s": rendering_s, "encoding alone, s": encoding_s, "film, s": film_s}


def flickers(engine_name: str) -> dict[str, float]:
    """How much a film varies that should not: of a shot that stands still, and of a slow push-in less the reference's.

    The error of a frame against the reference engine is looked at over time: what of it stays is a matter of quality,
    what changes is flicker. In codes of 8 bits, sRGB; beside it that of new samples in every frame, as a renderer
    without a thought for time would take them.
    """
    scene = two_layers(0.03)
    engine, reference = open_engine(scene, engine_name), open_engine(scene, "reference")
    k = scene.camera.intrinsics
    path = push_in(Lens(50, 1.0), (k.width_px, k.height_px), scene, 8)
    still = np.stack([render_frame(engine, replace(path[0], time_s=time_s), _SAMPLES, 0) for time_s in range(4)])
    truth = np.stack([render_frame(reference, shot, 256, 1) for shot in path])
    same = np.stack([render_frame(engine, shot, _SAMPLES, 0) for shot in path])
    new = np.stack([render_frame(engine, shot, _SAMPLES, seed) for seed, shot in enumerate(path)])
    return {
        "static shot, variance": float(still.var(axis=0).max()),
        "push-in, codes": _flicker_codes(same, truth),
        "push-in, new samples in every frame, codes": _flicker_codes(new, truth),
        "push-in, the picture's own change, codes": _flicker_codes(truth, np.zeros_like(truth)),
    }


def _flicker_codes(film_of: np.ndarray, truth: np.ndarray) -> float:
    """Root mean square over pixels of how an error varies from frame to frame."""
    error = 255 * (srgb_encode(np.clip(film_of, 0, 1)) - srgb_encode(np.clip(truth, 0, 1)))
    return float(np.sqrt(np.square(np.diff(error, axis=0)).mean() / 2))


if __name__ == "__main__":
    sys.exit(main())
