#!/usr/bin/env python3
"""What a crash leaves: processes killed (-9) at random moments, and every write of every operation made to fail.

`crash.py` kills; `crash.py --faults` lets the disk fail (Linux with a C compiler: tests/crash/faults.c). Prints a
table and writes OUT/crash.json or OUT/crash-faults.json. Exit status 1 when anything was found.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
# The trials are those of the tests, only more of them.
sys.path.insert(0, str(CHECKOUT / "tests"))

_MOMENTS = ("any", "write")


def main() -> int:
    """Try; print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=40, help="kills of each kind of work")
    parser.add_argument("--seed", type=int, default=10)
    parser.add_argument("--fresh", action="store_true", help="start every process anew, instead of forking it ready")
    parser.add_argument("--faults", action="store_true", help="let the disk fail instead")
    parser.add_argument("--most", type=int, default=0, help="writes of each operation that fail; 0 for all")
    parser.add_argument("--only", default="", help="these kinds of work, or operations, with commas in between")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()
    only = [word for word in args.only.split(",") if word]
    with tempfile.TemporaryDirectory(prefix="relens-crash-") as folder:
        if args.faults:
            table, problems = failing_disk(Path(folder), only, args.most)
        else:
            table, problems = killed(Path(folder), only, args.times, args.seed, args.fresh)
        os.chdir(CHECKOUT)
    for problem in problems:
        print(problem)
    args.out.mkdir(parents=True, exist_ok=True)
    result = args.out / ("crash-faults.json" if args.faults else "crash.json")
    result.write_text(json.dumps({"table": table, "problems": problems}, indent=1) + "\n")
    return 1 if problems else 0


def killed(folder: Path, only: Sequence[str], times: int, seed: int, fresh: bool) -> tuple[dict[str, Any], list[str]]:
    """Kill every kind of work so many times: half of them at any moment, half while a temporary file is there."""
    from kill_trials import KINDS, Trials  # pyright: ignore[reportMissingImports]

    trials = Trials(folder, seed, fresh)
    table: dict[str, Any] = {}
    problems = []
    print(f"{'killed':10}{'times':>7}{'while writing':>15}{'with problems':>15}")
    for kind in only or KINDS:
        found = [trials.kill(kind, _MOMENTS[number % 2]) for number in range(times)]
        table[kind] = {
            "times": len(found),
            "while_writing": sum(each.during_write for each in found),
            "with_problems": sum(bool(each.problems) for each in found),
        }
        problems += [f"{kind}: {problem}" for each in found for problem in each.problems]
        print(
            f"{kind:10}{''.join(f'{n:>{w}}' for n, w in zip(table[kind].values(), (7, 15, 15), strict=True))}",
            flush=True,
        )
    return table, problems


def failing_disk(folder: Path, only: Sequence[str], most: int) -> tuple[dict[str, Any], list[str]]:
    """Let every write of every operation fail, in each way that disks do."""
    from fault_trials import FAULTS, operations, run_trials  # pyright: ignore[reportMissingImports]

    table: dict[str, Any] = {}
    problems: list[str] = []
    print(
        f"{'operation':26}{'failed writes':>15}{'one line, status 2':>20}{'done all the same':>19}{'with problems':>15}"
    )
    total = Counter()
    for number, name in enumerate(only or operations()):
        room = folder / str(number)
        room.mkdir()
        results = run_trials(room, [name], list(FAULTS), most)
        counts = {
            "failed_writes": len(results),
            "refused": sum(each.status == 2 for each in results),
            "done": sum(each.status == 0 for each in results),
            "with_problems": sum(bool(each.problems) for each in results),
        }
        calls: dict[str, int] = defaultdict(int)
        for each in results:
            calls[each.call] += 1
        table[name] = counts | {"calls": dict(sorted(calls.items()))}
        total.update(counts)
        problems += [
            f"{name}, {each.fault}, {each.call} {each.number}: {problem} ({each.said.strip()[:200]})"
            for each in results
            for problem in each.problems
        ]
        _show(name, counts)
    _show("all", total)
    table["all"] = dict(total)
    return table, problems


def _show(name: str, counts: dict[str, int]) -> None:
    print(
        f"{name:26}{''.join(f'{n:>{w}}' for n, w in zip(counts.values(), (15, 20, 19, 15), strict=True))}", flush=True
    )


if __name__ == "__main__":
    sys.exit(main())
