#!/usr/bin/env python3
"""Scaling: what a picture costs at any size and aperture, and how soon the first one is there.

Two layers made in code (`two_layers.py`), 64 samples, wide open, each measurement in a process of its own with compiled
kernels in their cache, medians of three. Writes OUT/scaling.json; exit status 1 when a floor is missed.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CHECKOUT = Path(__file__).parents[1]
SIZES_MP = (1.0, 4.0, 12.0, 16.0, 50.0)
F_NUMBERS = (0.7, 1.4, 2.8, 5.6)
FOCUS_M = 0.85
LIMITS = {
    "12 MP shoot, s": 8.0,
    "12 MP peak memory, GB": 2.5,
    "50 MP peak memory, GB": 6.0,
    "exponent of time over pixels": 1.1,
    "slowest aperture over the median one": 1.5,
    "preview 0.5 MP, 16 samples, ms": 60.0,
    "first picture after install, s": 15.0,
    "first picture of a later process, s": 1.0,
}


def main() -> int:
    """Measure, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=float, nargs="+", default=SIZES_MP, metavar="MP", help="megapixels to measure")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    parser.add_argument("--inside", nargs="+", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        kind, *numbers = args.inside
        print(json.dumps({"shoot": _shoot, "preview": _preview, "first": _first}[kind](*map(float, numbers))))
        return 0

    with tempfile.TemporaryDirectory() as cache:
        fresh = {**os.environ, "XDG_CACHE_HOME": cache}
        first, later = (_in_process("first", env=fresh)["s"] for _ in range(2))
    sizes = {size: _in_process("shoot", size, 1.4) for size in args.sizes}
    apertures = {f_number: _in_process("shoot", 4.0, f_number)["s"] for f_number in F_NUMBERS}
    preview_ms = _in_process("preview")["ms"]
    print(f"{'megapixels':>10}{'shoot s':>9}{'M samples/s':>13}{'peak GB':>9}{'blur px':>9}")
    for size, row in sizes.items():
        rate = size * 64 / row["s"]
        print(f"{size:>10g}{row['s']:>9.2f}{rate:>13.0f}{row['peak_gb']:>9.2f}{row['blur_px']:>9.0f}")
    print("\n4 MP by aperture: " + ", ".join(f"f/{number:g} {seconds:.2f} s" for number, seconds in apertures.items()))
    measured = {
        "preview 0.5 MP, 16 samples, ms": preview_ms,
        "first picture after install, s": first,
        "first picture of a later process, s": later,
        "slowest aperture over the median one": max(apertures.values()) / statistics.median(apertures.values()),
    }
    if len(sizes) > 2:
        times_s = [row["s"] for row in sizes.values()]
        measured["exponent of time over pixels"] = float(np.polyfit(np.log(list(sizes)), np.log(times_s), 1)[0])
    for size, row in sizes.items():
        measured[f"{size:g} MP shoot, s"], measured[f"{size:g} MP peak memory, GB"] = row["s"], row["peak_gb"]
    passed = True
    for name, limit in LIMITS.items():
        if name in measured:
            passed &= measured[name] <= limit
            print(f"{'pass' if measured[name] <= limit else 'FAIL'}  {name}: {measured[name]:.2f}, limit {limit:g}")
    args.out.mkdir(parents=True, exist_ok=True)
    report = {"sizes": sizes, "apertures": apertures, "measured": measured, "cores": os.cpu_count()}
    (args.out / "scaling.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'scaling.json'}")
    return 0 if passed else 1


def _in_process(kind: str, *numbers: float, env: dict[str, str] | None = None) -> dict[str, float]:
    command = [sys.executable, __file__, "--inside", kind, *map(str, numbers)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=env).stdout)


def _shoot(megapixels: float, f_number: float) -> dict[str, float]:
    """One whole picture, packing of the scene included; kernels are loaded before."""
    from two_layers import two_layers

    import relens
    from relens.render.choose import open_engine

    lens = relens.Lens(85, f_number, FOCUS_M)
    relens.shoot(two_layers(0.02), lens, engine="cpu", samples=8)
    scene = two_layers(megapixels)
    times_s, blur_px = [], 0.0
    for _ in range(3 if megapixels <= 16 else 1):
        began = time.perf_counter()
        picture = relens.shoot(open_engine(scene, "cpu"), lens, samples=64)
        times_s.append(time.perf_counter() - began)
        blur_px = float(np.nanmax(picture.coc_px)) if megapixels <= 16 else 0.0
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return {"s": statistics.median(times_s), "peak_gb": kilobytes * 1024 / 1e9, "blur_px": blur_px}


def _preview() -> dict[str, float]:
    """A picture of 0.5 megapixels from an engine that has the 12-megapixel scene."""
    from two_layers import two_layers

    import relens
    from relens.render.choose import open_engine

    scene = two_layers(12)
    engine, k = open_engine(scene, "cpu"), scene.camera.intrinsics
    share = (0.5e6 / (k.width_px * k.height_px)) ** 0.5
    camera = relens.Camera(k.resized(round(k.width_px * share), round(k.height_px * share)))
    times_s = []
    for number in range(12):
        lens = relens.Lens(85, 1.4, FOCUS_M + 0.01 * number)
        began = time.perf_counter()
        relens.shoot(engine, lens, camera=camera, samples=16)
        times_s.append(time.perf_counter() - began)
    return {"ms": 1e3 * statistics.median(times_s[2:])}


def _first() -> dict[str, float]:
    """The first small picture of a process: compiling, or loading what is compiled."""
    from two_layers import two_layers

    scene = two_layers(0.02)
    import relens

    began = time.perf_counter()
    relens.shoot(scene, relens.Lens(85, 1.4, FOCUS_M), engine="cpu", samples=8)
    return {"s": time.perf_counter() - began}


if __name__ == "__main__":
    raise SystemExit(main())
