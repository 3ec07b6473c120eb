#!/usr/bin/env python3
"""Work spread over a local Ray cluster: what two workers gain over one, and what spreading costs.

Frames of 960x540 of two layers made in code (`two_layers.py`), by workers of one thread. Beside Ray stand the same
frames in this process, with one thread and no Ray, and in two plain processes: what this machine's cores give at most.
Rates are of the frames after the first, kernels compiled. Prints a table, checks the floors, and writes OUT/farm.json.
Exit status 1 when a floor is missed.
"""

import argparse
import json
import multiprocessing
import os
import pickle
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from two_layers import NEAR_M, two_layers

import relens
from relens.camera import Camera, Intrinsics
from relens.farm import Crew, cluster, spread
from relens.farm.frames import in_store, photographer
from relens.farm.manifest import Manifest
from relens.farm.work import Work, tried
from relens.film.frame import Recipe, render_frame
from relens.film.frame_form import encoded_frame
from relens.film.frame_store import FrameStore
from relens.film.reel import Reel
from relens.film.video import Video
from relens.path.shot import Shot
from relens.render.choose import open_engine

CHECKOUT = Path(__file__).parents[1]
SIZE_PX, MEGAPIXELS = (960, 540), 0.7
FRAME_BYTES, LARGE_BYTES, TRIPS, PHOTOS = 3_000_000, 15_000_000, 100, 500
LARGE_PX, LARGE_MEGAPIXELS, ENCODED = (3840, 2160), 11.1, 24
LEAST_SHARE, MOST_MS = 0.9, 20.0


def main() -> int:
    """Measure, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--samples", type=int, default=48)
    parser.add_argument("--scene", type=Path, help="a scene folder too: what the object store holds of it")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()

    os.environ["RELENS_THREADS"] = "1"
    recipe, all_shots = Recipe(args.samples), shots(args.frames)
    alone = alone_s(recipe, all_shots)
    plain_s = in_two_processes_s(recipe, all_shots)
    began_s = time.perf_counter()
    with cluster(cores=2):
        start_s = time.perf_counter() - began_s
        engine = open_engine(two_layers(MEGAPIXELS), "cpu")
        one, two = (with_workers(engine, recipe, all_shots, count) for count in (1, 2))
        trip_ms, large_trip_ms = (1e3 * trip_s(size_bytes) for size_bytes in (FRAME_BYTES, LARGE_BYTES))
        photo_ms = 1e3 * photo_s()
        stores = {"two layers": stored(engine, all_shots)}
        if args.scene:
            scene = relens.load_scene(args.scene)
            stores[args.scene.name] = stored(open_engine(scene, "cpu"), [Shot(0.0, scene.camera, relens.Lens(85, 1.4))])

    del os.environ["RELENS_THREADS"]
    large = large_frame(recipe)
    rows = {
        "one thread, no Ray": (1, alone, alone),
        "two processes, no Ray": (2, plain_s, None),
        "one worker of Ray": (1, one["frame_s"], one["work_s"]),
        "two workers of Ray": (2, two["frame_s"], two["work_s"]),
    }
    print(f"{args.frames} frames of {SIZE_PX[0]}x{SIZE_PX[1]}, {args.samples} samples; cluster up in {start_s:.1f} s,")
    print(f"first frame after {two['first_s']:.1f} s more\n")
    print(f"{'':24}{'frames/s':>10}{'of one':>8}{'work a frame':>14}{'overhead':>10}")
    for name, (workers, frame_s, work_s) in rows.items():
        work = "" if work_s is None else f"{1e3 * work_s:11.1f} ms{1e3 * (workers * frame_s - work_s):7.1f} ms"
        print(f"{name:24}{1 / frame_s:10.2f}{alone / frame_s:8.2f}{work}")
    print(f"\nround trip of {FRAME_BYTES / 1e6:g} MB: {trip_ms:.1f} ms; a batch spends {photo_ms:.1f} ms a photo")
    print(f"round trip of {LARGE_BYTES / 1e6:g} MB: {large_trip_ms:.1f} ms")
    print(
        f"a frame of {LARGE_PX[0]}x{LARGE_PX[1]}: {large['render_s']:.2f} s, packed in {large['pack_s']:.2f} s"
        f" to {large['bytes'] / 1e6:.1f} MB, on the disk in {large['put_s']:.3f} s,"
    )
    print(f"unpacked in {large['unpack_s']:.2f} s, encoded as H.264 in {large['encode_s']:.2f} s")
    for name, store in stores.items():
        print(
            f"{name}: {store['bytes'] / 1e6:.0f} MB in the object store, {store['atlas_bytes'] / 1e6:.0f} of it atlas,"
            f" put in {store['put_s']:.2f} s"
        )
    overhead_ms = 1e3 * (2 * two["frame_s"] - two["work_s"])
    checks = [
        check("two workers, part of twice one thread", alone / two["frame_s"] / 2, LEAST_SHARE, at_least=True),
        check("two workers, part of two processes", plain_s / two["frame_s"], LEAST_SHARE, at_least=True),
        check("overhead of a frame, ms", overhead_ms, MOST_MS),
        check("round trip of a frame, ms", trip_ms, MOST_MS),
        check("overhead of a photo, ms", photo_ms, MOST_MS),
    ]
    print()
    for each in checks:
        print(f"{'pass' if each['passed'] else 'FAIL'}  {each['floor']}: {each['measured']:.2f}")
    report = {
        "relens": relens.__version__,
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "frames": args.frames,
        "samples": args.samples,
        "start_s": start_s,
        "alone_s": alone,
        "two_processes_s": plain_s,
        "one_worker": one,
        "two_workers": two,
        "round_trip_ms": {FRAME_BYTES: trip_ms, LARGE_BYTES: large_trip_ms},
        "large_frame": large,
        "photo_ms": photo_ms,
        "object_store": stores,
        "checks": checks,
    }
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "farm.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'farm.json'}")
    return 0 if all(each["passed"] for each in checks) else 1


def shots(count: int, size_px: tuple[int, int] = SIZE_PX) -> list[Shot]:
    """A slow move to the side, focused on the person."""
    camera = Camera(Intrinsics.centred(28 / 36 * size_px[0], *size_px))
    lens = relens.Lens(85, 1.4, NEAR_M)
    return [Shot(place / 24, camera.moved(0.0005 * place), lens) for place in range(count)]


def alone_s(recipe: Recipe, all_shots: list[Shot]) -> float:
    """Seconds of a frame in this process."""
    work = photographer(two_layers(MEGAPIXELS), "cpu", recipe)
    tried(work, (0, all_shots[0]))
    began_s = time.perf_counter()
    for item in enumerate(all_shots):
        report, _ = tried(work, item)
        assert report.error is None, report.error
    return (time.perf_counter() - began_s) / len(all_shots)


def in_two_processes_s(recipe: Recipe, all_shots: list[Shot]) -> float:
    """Seconds of a frame in two processes that share nothing."""
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(2), context.Queue()
    halves = [(recipe, all_shots[part::2], barrier, queue) for part in (0, 1)]
    processes = [context.Process(target=_half, args=half) for half in halves]
    for process in processes:
        process.start()
    ends = [queue.get() for _ in processes]
    for process in processes:
        process.join()
    return (max(end for _, end in ends) - min(start for start, _ in ends)) / len(all_shots)


def _half(recipe: Recipe, some_shots: list[Shot], barrier: Any, queue: Any) -> None:
    work = photographer(two_layers(MEGAPIXELS), "cpu", recipe)
    tried(work, (0, some_shots[0]))
    barrier.wait()
    start = time.monotonic()
    for item in enumerate(some_shots):
        tried(work, item)
    queue.put((start, time.monotonic()))


def with_workers(engine: Any, recipe: Recipe, all_shots: list[Shot], count: int) -> dict[str, float]:
    """Seconds of a frame with so many workers, of the work in it, and until the first is here."""
    began_s = time.perf_counter()
    crew = Crew(photographer, in_store(engine, all_shots), engine.name, recipe, count=count)
    # The first frames of each worker load and warm up.
    warm = 4 * count
    seconds, times = [], []
    with closing(spread(enumerate([*all_shots[:warm], *all_shots]), [crew])) as all_ended:
        for ended in all_ended:
            assert ended.error is None, ended.error
            seconds.append(ended.seconds["frame"])
            times.append(time.perf_counter())
    frame_s = (times[-1] - times[warm - 1]) / (len(times) - warm)
    return {"frame_s": frame_s, "work_s": statistics.mean(seconds[warm:]), "first_s": times[0] - began_s}


def trip_s(size_bytes: int) -> float:
    """Seconds from giving an item to a worker to having so many bytes from it, one at a time."""

    def make() -> Work:
        return {"frame": lambda item, made: bytes(size_bytes)}

    times = []
    with closing(spread(range(TRIPS), [Crew(make)], ahead=1)) as all_ended:
        for _ in all_ended:
            times.append(time.perf_counter())
    return float(np.median(np.diff(times[10:])))


def photo_s() -> float:
    """Seconds that a batch spends on a photo beside the work on it, its line in the manifest included."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = Manifest(Path(folder) / "batch.jsonl")

        def make() -> Work:
            return {"nothing": lambda item, made: None}

        began_s = time.perf_counter()
        with closing(spread(range(PHOTOS), [Crew(make)])) as all_ended:
            for place, ended in enumerate(all_ended):
                if place == 0:
                    began_s = time.perf_counter()
                manifest.add(str(ended.item), "key", True, {"seconds": ended.seconds})
        return (time.perf_counter() - began_s) / (PHOTOS - 1)


def large_frame(recipe: Recipe) -> dict[str, float]:
    """What a frame of a 4K film costs those who render, pack and keep it."""
    engine = open_engine(two_layers(LARGE_MEGAPIXELS), "cpu")
    [shot] = shots(1, LARGE_PX)
    render_frame(engine, shot, recipe.samples, recipe.seed)
    frame, render_s = timed(lambda: render_frame(engine, shot, recipe.samples, recipe.seed))
    content, pack_s = timed(lambda: encoded_frame(frame, recipe.form))
    with tempfile.TemporaryDirectory(dir=CHECKOUT) as folder:
        store = FrameStore(Path(folder), recipe.form)
        put_s = statistics.median(timed(lambda key=key: store.put(str(key), content))[1] for key in range(7))
    codes, unpack_s = timed(lambda: recipe.form.unpacked(content))
    # A slow pan, since a picture that stands still is encoded in no time.
    film = SimpleNamespace(pixels=lambda: (np.roll(codes, 2 * place, axis=1) for place in range(ENCODED)))
    with tempfile.TemporaryDirectory() as folder:
        _, film_s = timed(lambda: Video().write(Path(folder) / "film.mp4", cast(Reel, film), LARGE_PX, 24.0))
    return {
        "render_s": render_s, "pack_s": pack_s, "bytes": len(content), "put_s": put_s, "unpack_s": unpack_s,
        "encode_s": film_s / ENCODED,
    }  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What work returns, and its seconds."""
    began_s = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began_s


def stored(engine: Any, some_shots: list[Shot]) -> dict[str, float]:
    """What the object store holds of an engine."""
    import ray

    _, first_s = timed(lambda: in_store(engine, some_shots))
    _, put_s = timed(lambda: ray.put(engine))
    whole_bytes, atlas_bytes = (_bytes(thing) for thing in (engine, engine._atlases))
    return {"bytes": whole_bytes, "atlas_bytes": atlas_bytes, "put_s": put_s, "prepare_s": first_s - put_s}


def _bytes(thing: object) -> int:
    buffers: list[pickle.PickleBuffer] = []
    return len(pickle.dumps(thing, 5, buffer_callback=buffers.append)) + sum(each.raw().nbytes for each in buffers)


def check(floor: str, measured: float, limit: float, at_least: bool = False) -> dict[str, Any]:
    """One floor, and whether it holds."""
    passed = measured >= limit if at_least else measured <= limit
    return {"floor": f"{floor}, at {'least' if at_least else 'most'} {limit:g}", "measured": measured, "passed": passed}


if __name__ == "__main__":
    sys.exit(main())
