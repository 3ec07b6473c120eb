#!/usr/bin/env python3
"""Speed: what the main job costs on this machine, each measurement in a process of its own.

Reads, lifts and photographs the sample portrait (7 megapixels, 85 mm at f/1.4, focus on the face) as warm runs, with
compiled kernels already in their cache; the first run's extra is printed apart. Writes OUT/speed.json.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
PORTRAIT = CHECKOUT / "scenes" / "iphone14-portrait" / "portrait.heic"
PREVIEW_PX = 1024
LIMITS = {"shoot_s": 15.0, "peak_rss_gb": 2.5, "import_s": 0.5, "help_s": 0.5}
_INSIDE = "--inside"


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", type=Path, default=PORTRAIT, help="a photo that carries its depth")
    parser.add_argument("--samples", type=int, default=64, help="lens samples of the full picture (default 64)")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    parser.add_argument(_INSIDE, action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        print(json.dumps(_job(args.photo, args.samples)))
        return 0

    first = _in_process(args.photo, args.samples)
    warm = _in_process(args.photo, args.samples)
    report = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "portrait": warm,
        "first_run": {key: first[key] for key in ("lift_s", "preview_s", "shoot_s", "total_s")},
        "import_s": _median_s([sys.executable, "-c", "import relens"]),
        "python_s": _median_s([sys.executable, "-c", "pass"]),
        "help_s": _median_s([str(Path(sys.executable).with_name("relens")), "--help"]),
    }
    _print_table(report)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "speed.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'speed.json'}")
    measured = {**report, **warm}
    return 0 if all(measured[name] <= limit for name, limit in LIMITS.items()) else 1


def _in_process(photo: Path, samples: int) -> dict:
    command = [sys.executable, __file__, _INSIDE, "--photo", str(photo), "--samples", str(samples)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def _job(path: Path, samples: int) -> dict:
    """The main job, step by step; runs inside the measured process."""
    import relens
    from relens.render.focus import subject_depth_m

    steps: dict = {}
    began = time.perf_counter()

    def timed(name: str, call):
        wall, cpu = time.perf_counter(), time.process_time()
        result = call()
        steps[f"{name}_s"], steps[f"{name}_cpu_s"] = time.perf_counter() - wall, time.process_time() - cpu
        return result

    photo = timed("read", lambda: relens.read_photo(path))
    scene = timed("lift", lambda: relens.lift(photo))
    focus_m = subject_depth_m(scene)
    lens = relens.Lens(focal_length_mm=85, f_number=1.4, focus_distance_m=focus_m)
    k = scene.camera.intrinsics
    share = PREVIEW_PX / max(k.width_px, k.height_px)
    preview = relens.Camera(k.resized(round(k.width_px * share), round(k.height_px * share)))
    # The first picture of a process loads (or compiles) the kernels; their cost is the preview's.
    timed("preview", lambda: relens.shoot(scene, lens, camera=preview, samples=16))
    timed("preview_again", lambda: relens.shoot(scene, lens, camera=preview, samples=16))
    picture = timed("shoot", lambda: relens.shoot(scene, lens, samples=samples))
    rays = picture.alpha.size * samples
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return {
        **steps,
        "total_s": time.perf_counter() - began,
        "peak_rss_gb": kilobytes * 1024 / 1e9,
        "megapixels": picture.alpha.size / 1e6,
        "samples": samples,
        "lens_samples_per_s": rays / steps["shoot_s"],
        "focus_m": focus_m,
        "largest_blur_px": float(picture.coc_px.max()),
        "layers": len(scene.layers),
        "border_px": scene.border_px,
        "preview_px": [preview.intrinsics.width_px, preview.intrinsics.height_px],
    }


def _median_s(command: list[str], runs: int = 5) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _print_table(report: dict) -> None:
    job = report["portrait"]
    print(
        f"{job['megapixels']:.1f} MP, {job['samples']} samples, focus {job['focus_m']:.3f} m, blur up to "
        f"{job['largest_blur_px']:.0f} px, {job['layers']} layers, border {job['border_px']} px, "
        f"{report['machine']['cores']} cores\n"
    )
    width_px, height_px = job["preview_px"]
    rows = [
        ("read", "read_s"),
        ("lift", "lift_s"),
        (f"preview {width_px}x{height_px}, 16 samples, kernels loaded", "preview_s"),
        ("preview again", "preview_again_s"),
        ("shoot", "shoot_s"),
    ]
    print(f"{'step':<52}{'wall s':>8}{'CPU s':>8}{'first run s':>13}")
    for title, key in rows:
        first = report["first_run"].get(key)
        first_s = f"{first:>13.2f}" if first is not None else ""
        print(f"{title:<52}{job[key]:>8.2f}{job[key.replace('_s', '_cpu_s')]:>8.2f}{first_s}")
    print(f"{'all':<52}{job['total_s']:>8.2f}{'':>8}{report['first_run']['total_s']:>13.2f}\n")
    print(f"lens samples per second   {job['lens_samples_per_s'] / 1e6:8.1f} M (pixels x samples asked for / wall)")
    print(f"peak memory               {job['peak_rss_gb']:8.2f} GB (the whole job)")
    print(f"import relens             {report['import_s']:8.2f} s (bare Python: {report['python_s']:.2f} s)")
    print(f"relens --help             {report['help_s']:8.2f} s\n")
    for name, limit in LIMITS.items():
        value = {**report, **job}[name]
        print(f"{'pass' if value <= limit else 'FAIL'}  {name} {value:.2f}, limit {limit}")


if __name__ == "__main__":
    raise SystemExit(main())
