#!/usr/bin/env python3
"""The viewer as a person meets it: how soon there is a picture, how soon it answers, what it weighs, what it keeps.

Starts `relens view` on a scene folder (without --scene, the sample portrait at 1.8 megapixels), first alone, then with
a page in headless Chromium. Prints tables, checks the floors, and writes OUT/viewer.json. Exit status 1 when a floor is
missed.
"""

import argparse
import gzip
import http.client
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from viewer_page import measured_page

import relens
from relens.render.halved import halved

CHECKOUT = Path(__file__).parents[1]
PORTRAIT = CHECKOUT / "scenes" / "iphone14-portrait" / "portrait.heic"
ASSETS = CHECKOUT / "viewer" / "dist" / "assets"
RELENS = [str(Path(sys.executable).with_name("relens"))]
FIRST_PICTURE_S, BUNDLE_BYTES, PACK_BYTES, PACK_MEGAPIXELS = 2.0, 300_000, 6_000_000, 2.0
ANSWER_MS = {"software": 250.0, "graphics card": 50.0}
# A two-hundredth of one core: a loop that wakes up now and then to look at its clock.
IDLE_S, IDLE_CPU_S = 10.0, 0.05
HEAP_GROWTH_BYTES = 1_000_000
_SETTLE_S = 3.0


@dataclass(frozen=True)
class Started:
    """A server that runs, and when its command was started, by `time.perf_counter`."""

    address: str
    pid: int
    began_s: float
    address_s: float


def main() -> int:
    """Measure, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", type=Path, help="a scene folder; the sample portrait at 1.8 MP when left out")
    parser.add_argument("--starts", type=int, default=3, help="of the server, and of the page; times are their medians")
    parser.add_argument("--interactions", type=int, default=10_000)
    parser.add_argument("--browser", help="Chromium's program; found by its usual names when left out")
    parser.add_argument("--gpu", action="store_true", help="draw on this machine's graphics card, not in software")
    parser.add_argument("--no-page", action="store_true", help="only the server")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scene = args.scene or _portrait(Path(folder) / "portrait.relens")
        report: dict = {
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
            "relens": relens.__version__,
            "scene": scene.name,
            "bundle_bytes": bundle_bytes(),
            "server": measured_server(scene, args.starts),
        }
        if not args.no_page:
            start = partial(serving, scene)
            report["page"] = measured_page(start, args.browser, args.gpu, args.starts, args.interactions, idle_cpu_s)
    _print_tables(report)
    report["checks"] = checks(report)
    for check in report["checks"]:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.3f}")
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "viewer.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'viewer.json'}")
    return 0 if all(check["passed"] for check in report["checks"]) else 1


def _portrait(path: Path) -> Path:
    """The sample portrait's scene, halved to 1.8 megapixels, saved."""
    halved(relens.lift(relens.read_photo(PORTRAIT))).save(path)
    return path


def bundle_bytes() -> int:
    """The built page's scripts and styles, as a server that compresses would send them."""
    files = [file for kind in ("*.js", "*.css") for file in sorted(ASSETS.glob(kind))]
    if not files:
        raise SystemExit(f"{ASSETS}: holds no built page; run make viewer first")
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


@contextmanager
def serving(scene: Path) -> Iterator[Started]:
    """`relens view`, from its first line with an address until the end of the block."""
    began_s = time.perf_counter()
    command = [*RELENS, "view", str(scene), "--no-open", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if found := re.search(r"https?://\S+", line):
                    yield Started(found[0], process.pid, began_s, time.perf_counter() - began_s)
                    return
            raise SystemExit(f"{' '.join(command)}: ended, with status {process.wait()}, before it said an address")
        finally:
            process.terminate()


def measured_server(scene: Path, starts: int) -> dict:
    """Seconds from the command to its address and to first bytes, the size of every pack, and CPU time while idle."""
    times: dict[str, list[float]] = {}
    levels: list[dict] = []
    for number in range(starts):
        with serving(scene) as server:
            times.setdefault("the address", []).append(server.address_s)
            info, first_s = _got(server, "/api/scene")
            times.setdefault("first byte of /api/scene", []).append(first_s)
            levels = sorted(json.loads(info)["levels"], key=lambda level: level["width_px"])
            nearest = min(levels, key=lambda level: abs(_megapixels(level) - PACK_MEGAPIXELS))
            for title, level in (("smallest", levels[0]), ("2 MP", nearest)):
                pack, first_s = _got(server, f"/api/pack/{level['level']}")
                times.setdefault(f"first byte of the {title} pack", []).append(first_s)
                times.setdefault(f"last byte of the {title} pack", []).append(time.perf_counter() - server.began_s)
                level["bytes"] = len(pack)
            if number == starts - 1:
                for level in levels:
                    level["bytes"] = len(_got(server, f"/api/pack/{level['level']}")[0])
                # What the server works out for a page by itself is no idling.
                _got(server, "/api/safe")
                time.sleep(_SETTLE_S)
                idle_s = idle_cpu_s(server.pid)
    return {
        "seconds": {title: statistics.median(values) for title, values in times.items()},
        "levels": [{**level, "megapixels": _megapixels(level)} for level in levels],
        "nearest_2_mp": nearest["level"],
        "idle_cpu_s": idle_s,
    }


def _got(server: Started, path: str) -> tuple[bytes, float]:
    """A whole answer, and when its first bytes came, since the command was started."""
    place = urlsplit(server.address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=300)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        first = answer.read(1)
        first_s = time.perf_counter() - server.began_s
        body = first + answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status} {body[:200].decode('utf-8', 'replace')}")
    return body, first_s


def _megapixels(level: dict) -> float:
    return level["width_px"] * level["height_px"] / 1e6


def idle_cpu_s(pid: int) -> float | None:
    """CPU seconds that all threads of a process use in 10 s; None where the system has no /proc to tell."""
    before_s = _cpu_s(pid)
    time.sleep(IDLE_S)
    after_s = _cpu_s(pid)
    return None if before_s is None or after_s is None else after_s - before_s


def _cpu_s(pid: int) -> float | None:
    # Nanoseconds on a core; /proc/PID/stat counts hundredths of a second.
    files = list(Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9 if files else None


def checks(report: dict) -> list[dict]:
    """The floors, and what was measured."""
    server, page = report["server"], report.get("page")
    level = next(level for level in server["levels"] if level["level"] == server["nearest_2_mp"])
    rows = [
        ("bundle at most 300 kB gzipped", report["bundle_bytes"] / 1e3, BUNDLE_BYTES / 1e3),
        ("a pack at most 6 MB for 2 MP", level["bytes"] / level["megapixels"] * 2 / 1e6, PACK_BYTES / 1e6),
        (f"idle, the server takes at most {IDLE_CPU_S} s of CPU in {IDLE_S:g} s", server["idle_cpu_s"], IDLE_CPU_S),
    ]
    if page:
        limit_ms = ANSWER_MS[page["drawn_by"]]
        slowest_ms = max(each["median_ms"] for each in page["answers"].values())
        rows += [
            (f"first picture within {FIRST_PICTURE_S:g} s of the command", page["first_picture_s"], FIRST_PICTURE_S),
            (f"pixels change within {limit_ms:g} ms of every input (median)", slowest_ms, limit_ms),
            ("heap grows by at most 1 MB", page["memory"]["heap_growth_bytes"] / 1e6, HEAP_GROWTH_BYTES / 1e6),
            ("no listeners are left behind", page["memory"]["listener_growth"], 0),
            ("with a page open and still, as idle as alone", page["idle_cpu_s"], IDLE_CPU_S),
        ]
    measured = [row for row in rows if row[1] is not None]
    return [{"floor": floor, "measured": value, "passed": value <= limit} for floor, value, limit in measured]


def _print_tables(report: dict) -> None:
    server, page = report["server"], report.get("page")
    print(f"{report['scene']}, {report['machine']['cores']} cores\n\nfrom starting relens view to{'':32}s")
    for title, seconds in server["seconds"].items():
        print(f"  {title:52}{seconds:8.2f}")
    if page:
        print(f"  {'the first picture on the page':52}{page['first_picture_s']:8.2f}")
    print(f"\n{'level':>5}{'size':>14}{'MP':>8}{'pack, MB':>10}{'MB per 2 MP':>13}")
    for level in server["levels"]:
        size, megabytes = f"{level['width_px']}x{level['height_px']}", level["bytes"] / 1e6
        per_two = 2 * megabytes / level["megapixels"]
        print(f"{level['level']:>5}{size:>14}{level['megapixels']:8.2f}{megabytes:10.2f}{per_two:13.2f}")
    print(f"\nbundle, gzipped: {report['bundle_bytes'] / 1e3:.0f} kB")
    if server["idle_cpu_s"] is not None:
        print(f"idle server: {server['idle_cpu_s']:.3f} s of CPU in {IDLE_S:g} s")
    if page:
        width_px, height_px = page["canvas_px"]
        print(f"\ninput to changed pixels, canvas {width_px}x{height_px}, {page['drawn_by']:<20}median ms   worst ms")
        for title, each in page["answers"].items():
            print(f"  {title:52}{each['median_ms']:12.0f}{each['worst_ms']:11.0f}")
        memory = page["memory"]
        heaps = " ".join(f"{heap / 1e6:.2f}" for heap in memory["heap_bytes"])
        print(f"\nheap over {memory['interactions']} interactions, MB: {heaps}")
    print()


if __name__ == "__main__":
    sys.exit(main())
