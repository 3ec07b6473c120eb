#!/usr/bin/env python3
"""GPU: is the CUDA engine right, and how long does it take to photograph a 4K scene of two layers?

First compares it with the CPU engine on a small scene. Then times the kernels alone, with everything on the device,
by device events: median of runs after warm-up, for a portrait (focus on the subject: most samples go where blur is) and
for focus in front of everything (every pixel takes all samples). Preparing and copying back are told apart. Writes
OUT/gpu.json. Exits 1 where a limit is missed, 2 where there is no GPU. `--device cpu --size 64x48` runs the same
kernels without a GPU, to see that this script works; its times mean nothing.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from relens import Camera, Intrinsics, Lens, Scene
from relens.progress import silent
from relens.render.cpu import CpuEngine
from relens.render.cuda import CudaEngine, Job
from relens.render.cuda_device import open_warp, why_no_gpu
from relens.render.engine import SampleBlock
from relens.scene import Layer

CHECKOUT = Path(__file__).parents[1]
CHECK_PX = (320, 240)
LIMITS = {"rms": 0.003, "largest_0.999": 0.05, "milliseconds": 16.0}
FOCUS_M = {"portrait, focus on the subject": 1.5, "all blurred, focus in front": 0.5}
WARM_UP = 3


def main() -> int:
    """Check, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda:0", help="Warp's name of the device (default cuda:0)")
    parser.add_argument("--size", default="3840x2160", help="pixels (default 3840x2160)")
    parser.add_argument("--samples", type=int, default=64, help="lens samples (default 64)")
    parser.add_argument("--runs", type=int, default=20, help="runs after warm-up (default 20)")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    on_gpu = args.device != "cpu"
    if on_gpu and (reason := why_no_gpu()):
        print(f"nothing measured: {reason}", file=sys.stderr)
        return 2
    wp = open_warp()
    width_px, height_px = (int(number) for number in args.size.split("x"))

    report: dict = {"device": wp.get_device(args.device).name, "size": args.size, "samples": args.samples}
    report["agreement"] = {name: _agreement(args.device, focus_m) for name, focus_m in FOCUS_M.items()}
    report["copy_bytes_per_s"] = _copy_bandwidth(wp, args.device)
    scene = two_layers(width_px, height_px)
    engine = CudaEngine(scene, args.device)
    report["pictures"] = {}
    for name, focus_m in FOCUS_M.items():
        measured = _picture(wp, engine, Lens(85, 1.4, focus_m), args.samples, args.runs)
        measured["floor_s"] = measured["least_bytes"] / report["copy_bytes_per_s"]
        measured["bandwidth_fraction"] = measured["floor_s"] / measured["median_s"]
        report["pictures"][name] = measured
    _print_table(report)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "gpu.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'gpu.json'}")
    checks = {
        "rms": max(each["rms"] for each in report["agreement"].values()),
        "largest_0.999": max(each["largest_0.999"] for each in report["agreement"].values()),
    }
    if on_gpu:
        checks["milliseconds"] = 1e3 * max(each["median_s"] for each in report["pictures"].values())
    for name, value in checks.items():
        print(f"{'pass' if value <= LIMITS[name] else 'FAIL'}  {name} {value:.4g}, limit {LIMITS[name]}")
    return 0 if all(value <= LIMITS[name] for name, value in checks.items()) else 1


def two_layers(width_px: int, height_px: int) -> Scene:
    """A soft-edged subject 1.4 to 1.6 m away before a rolling wall at 3 to 8 m, both textured, fx as a phone's."""
    import cv2

    border_px = width_px // 40
    size = (height_px + 2 * border_px, width_px + 2 * border_px)
    row, column = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    row, column = (row - border_px + 0.5) / height_px, (column - border_px + 0.5) / width_px
    random = np.random.default_rng(0)

    def texture() -> np.ndarray:
        colour = cv2.GaussianBlur(random.random((*size, 3), dtype=np.float32), (0, 0), 1.5)
        return (colour - colour.min()) / np.ptp(colour)

    distance_px = (np.hypot((column - 0.5) * width_px, (row - 0.6) * height_px) - 0.3 * height_px).astype(np.float32)
    alpha = np.clip(0.5 - distance_px / 3, 0, 1).astype(np.float32)
    subject = 1 / 1.5 + 0.045 * np.cos(3 * (column - 0.5)) * np.cos(3 * (row - 0.6))
    wall = 0.22 + 0.06 * np.sin(5 * column) * np.cos(4 * row)
    layers = (
        Layer("subject", np.dstack([texture() * alpha[..., None], alpha]), subject.astype(np.float32)),
        Layer("wall", np.dstack([texture(), np.ones(size, np.float32)]), wall.astype(np.float32)),
    )
    return Scene(Camera(Intrinsics.centred(0.75 * width_px, width_px, height_px)), layers, border_px)


def _agreement(device: str, focus_m: float) -> dict:
    """The CUDA engine's difference from the CPU engine, light from 0 to 1, in a small scene from a turned camera."""
    scene = two_layers(*CHECK_PX)
    camera = scene.camera.moved(0.01, -0.005, 0.02).turned(0.01, 0.005, 0.02)
    block = SampleBlock(0, 64, 0)
    one, other = (
        engine.render(camera, Lens(85, 1.4, focus_m), block, None, silent).rgba
        for engine in (CudaEngine(scene, device), CpuEngine(scene))
    )
    difference = np.abs(one - other)
    return {
        "rms": float(np.sqrt(np.mean(np.square(difference)))),
        "largest": float(difference.max()),
        "largest_0.999": float(np.quantile(difference, 0.999)),
    }


def _picture(wp, engine: CudaEngine, lens: Lens, samples: int, runs: int) -> dict:
    began = time.perf_counter()
    job = engine.prepare(engine.scene.camera, lens, SampleBlock(0, samples, 0), None)
    wp.synchronize_device(engine.device)
    prepared_s = time.perf_counter() - began
    for _ in range(WARM_UP):
        engine.take(job, silent)
    times_s = _times_s(wp, engine.device, lambda: engine.take(job, silent), runs)
    began = time.perf_counter()
    counts = job.outputs[1].numpy()
    job.outputs[0].numpy()
    copied_s = time.perf_counter() - began
    return {
        "median_s": statistics.median(times_s),
        "least_s": min(times_s),
        "greatest_s": max(times_s),
        "kernels_s": _kernels_s(wp, engine, job),
        "prepare_s": prepared_s,
        "copy_to_host_s": copied_s,
        "samples_asked": counts.size * samples,
        "samples_taken": int(counts.sum()),
        "least_bytes": _least_bytes(job),
    }


def _times_s(wp, device: str, work, runs: int) -> list[float]:
    """Seconds of each run: between device events, or on the clock without a GPU."""
    times_s = []
    for _ in range(runs):
        if wp.get_device(device).is_cuda:
            stream = wp.get_stream(device)
            first = wp.Event(device, enable_timing=True)
            last = wp.Event(device, enable_timing=True)
            stream.record_event(first)
            work()
            stream.record_event(last)
            times_s.append(wp.get_event_elapsed_time(first, last) / 1e3)
        else:
            began = time.perf_counter()
            work()
            times_s.append(time.perf_counter() - began)
    return times_s


def _kernels_s(wp, engine: CudaEngine, job: Job) -> dict[str, float]:
    """Device seconds of each kernel in one run; empty without a GPU."""
    if not wp.get_device(engine.device).is_cuda:
        return {}
    wp.timing_begin(cuda_filter=wp.TIMING_KERNEL)
    engine.take(job, silent)
    kernels: dict[str, float] = {}
    for result in wp.timing_end():
        kernels[result.name] = kernels.get(result.name, 0.0) + result.elapsed / 1e3
    return kernels


def _least_bytes(job: Job) -> int:
    """What memory must move at least: the scene and the picture once, the plan written and read."""
    arrays = [getattr(job.scene, name) for name in ("texels", "inverse_depth", "depth_bounds", "step_bounds")]
    once = sum(array.capacity for array in arrays) + sum(output.capacity for output in job.outputs)
    tiles = sum(len(band) for band in job.bands)
    return once + 2 * job.plans[2].capacity * tiles // job.plans[2].shape[0]


def _copy_bandwidth(wp, device: str) -> float:
    """Bytes read and written a second by a plain copy within the device's memory."""
    size = 2**30 if wp.get_device(device).is_cuda else 2**26
    source, target = (wp.zeros(size // 4, dtype=wp.float32, device=device) for _ in range(2))
    wp.copy(target, source)
    return 2 * size / statistics.median(_times_s(wp, device, lambda: wp.copy(target, source), 9))


def _print_table(report: dict) -> None:
    print(f"{report['device']}: {report['size']}, two layers, {report['samples']} samples\n")
    print(f"{'difference from the CPU engine':<36}{'rms':>10}{'99.9 %':>10}{'largest':>10}")
    for name, each in report["agreement"].items():
        print(f"{name:<36}{each['rms']:>10.5f}{each['largest_0.999']:>10.5f}{each['largest']:>10.5f}")
    print(f"\n{'':<36}{'median ms':>10}{'least':>9}{'greatest':>9}{'taken':>8}{'G asked/s':>11}{'bandwidth':>11}")
    for name, each in report["pictures"].items():
        taken = each["samples_taken"] / each["samples_asked"]
        rate = each["samples_asked"] / each["median_s"] / 1e9
        print(
            f"{name:<36}{each['median_s'] * 1e3:>10.2f}{each['least_s'] * 1e3:>9.2f}{each['greatest_s'] * 1e3:>9.2f}"
            f"{taken:>8.0%}{rate:>11.2f}{each['bandwidth_fraction']:>11.1%}"
        )
        for kernel, seconds in each["kernels_s"].items():
            print(f"    {kernel:<32}{seconds * 1e3:>10.2f}")
        print(
            f"    memory floor {each['floor_s'] * 1e3:.2f} ms ({each['least_bytes'] / 1e9:.2f} GB); on the host: "
            f"prepare {each['prepare_s'] * 1e3:.0f} ms, copy back {each['copy_to_host_s'] * 1e3:.0f} ms"
        )
    print(f"\ncopy bandwidth {report['copy_bytes_per_s'] / 1e9:.0f} GB/s (read and written)")


if __name__ == "__main__":
    raise SystemExit(main())
