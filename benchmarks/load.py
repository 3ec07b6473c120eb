#!/usr/bin/env python3
"""The viewer's server under load: 8 pages and 50 shots that wait, on the cores that there are.

Starts `relens view` on loopback (without --scene, the sample portrait at 0.45 megapixels), opens pages, orders shots,
one page most of them, and asks for its health meanwhile; then the same shots one after the other without a server; then
SIGTERM and kill -9 with a queue, and whether the next server takes what was left. Prints tables, checks the floors, and
writes OUT/load.json. Exit status 1 when a floor is missed.
"""

import argparse
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from load_clients import Hand, Server, Shot, Watch, open_page, shoot, shot_content

import relens
from relens.progress import silent
from relens.render.halved import halved

CHECKOUT = Path(__file__).parents[1]
PORTRAIT = CHECKOUT / "scenes" / "iphone14-portrait" / "portrait.heic"
RELENS = [str(Path(sys.executable).with_name("relens"))]
HEALTH_P99_S, SHUTDOWN_S, GROWTH_BYTES = 0.1, 5.0, 1 << 30
_LEFT, _BEFORE_END = 8, 2
_MOMENTS = "start", "most", "end"


def main() -> int:
    """Measure, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", type=Path, help="a scene folder; the sample portrait at 0.45 MP when left out")
    parser.add_argument("--viewers", type=int, default=8)
    parser.add_argument("--shots", type=int, default=50)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--edits", action="store_true", help="one of the viewers paints meanwhile")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # What waits is kept here, not in the user's folders.
        os.environ |= {"XDG_STATE_HOME": str(Path(folder, "state")), "XDG_CACHE_HOME": str(Path(folder, "cache"))}
        scene = args.scene or Path(folder, "portrait.relens")
        if not args.scene:
            halved(halved(relens.lift(relens.read_photo(PORTRAIT)))).save(scene)
        report: dict = {
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
            "relens": relens.__version__,
            "options": {"viewers": args.viewers, "shots": args.shots, "samples": args.samples, "edits": args.edits},
            "load": measured_load(scene, args.viewers, args.shots, args.samples, args.edits),
            "alone_s": alone_s(scene, args.shots, args.samples),
            "sigterm": measured_end(scene, args.samples, signal.SIGTERM),
            "sigkill": measured_end(scene, args.samples, signal.SIGKILL),
        }
    report["checks"] = checks(report)
    _print_tables(report)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "load.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'load.json'}")
    return 0 if all(check["passed"] for check in report["checks"]) else 1


@contextmanager
def serving(scene: Path) -> Iterator[tuple[Server, subprocess.Popen[str]]]:
    """`relens view`, until the end of the block, with the scene loaded and the engine's code compiled."""
    command = [*RELENS, "view", str(scene), "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.fullmatch(r"(http://\S+?)/#token=(\S+)", process.stdout.readline().strip())
            assert found, "relens view ended before it said an address"
            server = Server(found[1], found[2])
            server.ask("GET", "/api/scene")
            yield server, process
        finally:
            process.kill()


def measured_load(scene: Path, viewers: int, shots: int, samples: int, edits: bool) -> dict:
    """All pages open, all shots wait: latency of the health, memory, order and waits."""
    with serving(scene) as (server, _), ThreadPoolExecutor(shots + 2 * viewers + 1) as threads:
        assert "done" in shoot(server, "warm", shot_content(0, samples)).said
        open_page(server)
        quiet, watch = Watch(server), Watch(server)
        quiet_work = threads.submit(quiet.work)
        time.sleep(3)
        quiet.is_over.set()
        quiet_work.result()
        began_s = time.perf_counter()
        threads.submit(watch.work)
        names = [f"viewer-{number}" for number in range(viewers)]
        # The first orders most; the others come when all of its orders wait.
        orders = [names[0]] * (shots - viewers + 1) + names[1:]
        running = []
        for number, name in enumerate(orders):
            is_queued = threading.Event()
            running.append(threads.submit(shoot, server, name, shot_content(number, samples), is_queued))
            is_queued.wait()
        queued_s = time.perf_counter() - began_s
        opened = list(threads.map(lambda _: open_page(server), names))
        opened_s = time.perf_counter() - began_s - queued_s
        hands = [Hand(server, number, may_edit=edits and number == 0) for number in range(viewers)]
        working = [threads.submit(hand.work) for hand in hands]
        taken = [each.result() for each in running]
        all_s = max(shot.done_s for shot in taken) - began_s
        for each in (*hands, watch):
            each.is_over.set()
        for each in working:
            each.result()
        last = json.loads(server.ask("GET", "/healthz")[1])
    return {
        "done": sum("done" in shot.said for shot in taken),
        "refused": [shot.said for shot in taken if "done" not in shot.said][:5],
        "seconds": all_s,
        "queued_s": queued_s,
        "pages_s": opened_s,
        "page_bytes": opened[0],
        "requests": sum(len(hand.taken_s) for hand in hands),
        "request_p50_s": statistics.median([taken_s for hand in hands for taken_s in hand.taken_s] or [0.0]),
        "conflicts": sum(hand.conflicts for hand in hands),
        "health": _latency(watch),
        "health_quiet": _latency(quiet),
        "resident_bytes": {
            "start": quiet.resident_bytes[0], "most": max(watch.resident_bytes), "end": last["resident_bytes"],
            "over_time": watch.resident_bytes[:: max(1, len(watch.resident_bytes) // 50)],
        },
        "fairness": _fairness(taken, names[0]),
    }  # fmt: skip


def _latency(watch: Watch) -> dict:
    sorted_s = sorted(watch.latency_s)
    return {
        "asked": len(sorted_s),
        "p50_s": statistics.median(sorted_s),
        "p99_s": sorted_s[int(0.99 * (len(sorted_s) - 1))],
        "most_s": sorted_s[-1],
        "failures": watch.failures,
    }


def _fairness(taken: list[Shot], busy: str) -> dict:
    """Which place each viewer's shots came in at, and how long the modest ones waited against a fair round."""
    order = [shot.viewer for shot in sorted(taken, key=lambda shot: shot.done_s)]
    modest = [shot for shot in taken if shot.viewer != busy]
    mean_s = (max(shot.done_s for shot in taken) - min(shot.ordered_s for shot in taken)) / len(taken)
    # The running one, a round of all viewers.
    fair_s = mean_s * (1 + len({*order}))
    return {
        "order": order,
        "last_modest_place": max((place for place, name in enumerate(order, 1) if name != busy), default=0),
        "max_wait_ratio": max((shot.done_s - shot.ordered_s for shot in modest), default=0.0) / fair_s,
    }


def alone_s(scene: Path, shots: int, samples: int) -> float:
    """The same shots one after the other, without a server."""
    from relens.serve.results import Results
    from relens.serve.shoot import Studio
    from relens.serve.shot_order import order_of_page

    loaded = relens.load_scene(scene)
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio("alone", Results(lambda: Path(folder)))
        studio.take(order_of_page(shot_content(0, samples), loaded), loaded, silent)
        began_s = time.perf_counter()
        for number in range(shots):
            studio.take(order_of_page(shot_content(number, samples), loaded), loaded, silent)
        return time.perf_counter() - began_s


def measured_end(scene: Path, samples: int, number: int) -> dict:
    """A signal while shots wait; how long the end takes, and what the next server does with what was left."""
    with serving(scene) as (server, process), ThreadPoolExecutor(_LEFT) as threads:
        running = []
        for each in range(_LEFT):
            is_queued = threading.Event()
            running.append(threads.submit(shoot, server, "viewer", shot_content(each, samples), is_queued))
            is_queued.wait()
        while sum(each.done() for each in running) < _BEFORE_END:
            time.sleep(0.01)
        began_s = time.perf_counter()
        process.send_signal(number)
        process.wait(60)
        shutdown_s, status = time.perf_counter() - began_s, process.returncode
        seen = [each.result() for each in running]
        errors = process.stderr.read() if process.stderr else ""
    left = [shot.job for shot in seen if "done" not in shot.said]
    # One of which the client heard just before it could be crossed out.
    told = {shot.job for shot in seen if "done" in shot.said}
    with serving(scene) as (server, process):
        jobs = _jobs(server)
        while not all("error" in job or "done" in job for job in jobs):
            time.sleep(0.1)
            jobs = _jobs(server)
        urls = [f"/{job['done']['url']}" for job in jobs if "done" in job and job["id"] not in told]
        fetched = sum(server.ask("GET", url)[0] == 200 for url in urls)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    with serving(scene) as (server, _):
        again = len(_jobs(server))
    return {
        "status": status,
        "shutdown_s": shutdown_s,
        "left": left,
        "resumed": [job["id"] for job in jobs if job["id"] not in told],
        "resumed_done": fetched,
        "left_after_that": again,
        "said": errors.splitlines(),
    }


def _jobs(server: Server) -> list[dict]:
    return json.loads(server.ask("GET", "/api/jobs")[1])["jobs"]


def checks(report: dict) -> list[dict]:
    """The floors, and what was measured."""
    load, resident = report["load"], report["load"]["resident_bytes"]
    rows = [
        ("shots that were not done", report["options"]["shots"] - load["done"], 0),
        ("health p99, s", load["health"]["p99_s"], HEALTH_P99_S),
        ("health not answered", len(load["health"]["failures"]), 0),
        ("memory over the start, MB", (resident["most"] - resident["start"]) / 1e6, GROWTH_BYTES / 1e6),
        ("place of the last shot of those with one", load["fairness"]["last_modest_place"],
         2 * report["options"]["viewers"]),
        ("SIGTERM until the process is gone, s", report["sigterm"]["shutdown_s"], SHUTDOWN_S),
    ]  # fmt: skip
    for name in ("sigterm", "sigkill"):
        end = report[name]
        rows.append((f"{name}: orders lost or out of order", int(end["resumed"] != end["left"]), 0))
        rows.append((f"{name}: resumed but not taken", len(end["left"]) - end["resumed_done"], 0))
        rows.append((f"{name}: taken once more", end["left_after_that"], 0))
    return [
        {"floor": floor, "measured": value, "limit": limit, "passed": value <= limit} for floor, value, limit in rows
    ]


def _print_tables(report: dict) -> None:
    load, options, memory = report["load"], report["options"], report["load"]["resident_bytes"]
    print(f"{options['viewers']} viewers, {options['shots']} shots of {options['samples']} samples, ", end="")
    print(f"{report['machine']['cores']} cores\n")
    rows = [
        ("all ordered after", f"{load['queued_s']:.2f} s"),
        ("all pages opened meanwhile within", f"{load['pages_s']:.2f} s"),
        ("all taken after", f"{load['seconds']:.2f} s"),
        ("the same without the server", f"{report['alone_s']:.2f} s"),
        ("edits and moves asked for meanwhile", f"{load['requests']}, p50 {load['request_p50_s'] * 1e3:.0f} ms"),
        ("resident at the start, most, end", " / ".join(f"{memory[key] / 1e6:.0f}" for key in _MOMENTS) + " MB"),
        ("place of the last shot of those with one", f"{load['fairness']['last_modest_place']} of {options['shots']}"),
        ("longest wait of those, in fair rounds", f"{load['fairness']['max_wait_ratio']:.2f}"),
    ]
    for title, name in (("health, quiet: p50, p99, most", "health_quiet"), ("health, under load", "health")):
        rows.append((title, " / ".join(f"{load[name][key] * 1e3:.1f}" for key in ("p50_s", "p99_s", "most_s")) + " ms"))
    for name in ("sigterm", "sigkill"):
        end = report[name]
        ended = f"gone after {end['shutdown_s']:.2f} s, status {end['status']}"
        rows.append((name, f"{ended}; {len(end['left'])} left, {end['resumed_done']} taken by the next"))
    for title, value in rows:
        print(f"  {title:44}{value}")
    print()
    for check in report["checks"]:
        verdict = "pass" if check["passed"] else "FAIL"
        print(f"{verdict}  {check['floor']}: {check['measured']:.3g} (at most {check['limit']:g})")


if __name__ == "__main__":
    sys.exit(main())
