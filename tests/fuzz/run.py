"""Fuzz the readers: python tests/fuzz/run.py [TARGET ...] --runs N --seed S.

The same runs and seed give the same inputs. A table is printed; findings, logs and figures go to out/fuzz.
"""

import argparse
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

_ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(_ROOT / "tests")]

from fuzz.corpus import kept_inputs  # noqa: E402, after the path
from fuzz.notes import FORM, SIZE  # noqa: E402
from fuzz.targets.all import ROOM_OF, TARGETS  # noqa: E402

_OUT = _ROOT / "out" / "fuzz"
_TIMEOUT_S = 20
_MOST_RESTARTS = 20
# The same inputs every time; one thread, so that memory and time are those of one reader.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "TIFFFILE_NUM_THREADS")
_SETTINGS = {"PYTHONHASHSEED": "0", "PYTHONPATH": f"{_ROOT / 'tests'}:{_ROOT / 'src'}"} | dict.fromkeys(_THREADS, "1")
# Objects lie at the same addresses each time: some decisions, in tifffile say, go by them.
_FIXED = ["setarch", "-R"] if shutil.which("setarch") else []
_COVERAGE = re.compile(r"^#\d+\s+\w+\s+cov: (\d+) ft: (\d+)", re.MULTILINE)


@dataclass
class Result:
    """What came of a target."""

    target: str
    runs: int
    seed: int
    seconds: float = 0.0
    coverage_seeds: int = 0
    coverage: int = 0
    kept: int = 0
    slowest_s: float = 0.0
    peak_mb: float = 0.0
    restarts: int = 0
    digest: str = ""
    findings: list[str] = field(default_factory=list)


def fuzz(name: str, runs: int, seed: int, out: Path = _OUT, from_corpus: bool = False) -> Result:
    """Fuzz a target in processes of its own: one that dies is replaced by one with the next seed."""
    work = out / name
    shutil.rmtree(work, ignore_errors=True)
    (work / "corpus").mkdir(parents=True)
    seeds = _write_seeds(name, work, from_corpus)
    # The process works in its folder: a reader that compares paths must not tell one run from another.
    who = [name, ROOM_OF[name], ",".join(("relens", *TARGETS[name].packages)), "."]
    result, start = Result(name, 0, seed), time.perf_counter()
    while result.runs < runs and result.restarts <= _MOST_RESTARTS:
        log = work / f"log-{result.restarts}.txt"
        options = [f"-runs={runs - result.runs}", f"-seed={seed + result.restarts}", f"-timeout={_TIMEOUT_S}",
                   "-rss_limit_mb=6144", "-shuffle=0", "-reload=0", "-print_final_stats=0", "-artifact_prefix=./",
                   f"-seed_inputs={seeds}", "corpus"]  # fmt: skip
        with log.open("wb") as file:
            command = [*_FIXED, sys.executable, str(Path(__file__).with_name("fuzz_one.py")), *who, *options]
            code = subprocess.run(command, stdout=file, stderr=file, env=os.environ | _SETTINGS, cwd=work).returncode
        before = result.runs
        _take_notes(result, work, log)
        if code == 0:
            break
        if result.runs == before:
            raise SystemExit(f"{name}: the fuzzer itself failed; see {log}")
        result.restarts += 1
        # Inputs that crash are findings; the corpus so far would change what the next seed gives.
        shutil.move(work / "corpus", work / f"corpus-{result.restarts}")
        (work / "corpus").mkdir()
    result.seconds = round(time.perf_counter() - start, 1)
    result.kept = len(list(work.glob("corpus*/*")))
    result.findings = [file.read_text("utf-8").splitlines()[0] for file in sorted(work.glob("found/*.txt"))]
    result.findings += [file.name for kind in ("crash", "timeout", "oom") for file in sorted(work.glob(f"{kind}-*"))]
    (work / "result.json").write_text(json.dumps(asdict(result), indent=1))
    return result


def _write_seeds(name: str, work: Path, from_corpus: bool) -> str:
    """The seeds as files, at will with what was kept of earlier runs; their names, in order."""
    folder = work / "seeds"
    folder.mkdir()
    files = []
    for number, data in enumerate([*TARGETS[name].seeds(), *(kept_inputs(name) if from_corpus else [])]):
        files.append(folder / f"{number:04}")
        files[-1].write_bytes(data)
    listed = work / "seeds.txt"
    listed.write_text(",".join(f"{folder.name}/{file.name}" for file in files))
    return f"@{listed.name}"


def _take_notes(result: Result, work: Path, log: Path) -> None:
    notes = work / "notes"
    count, digest, slowest_s, peak_mb = struct.unpack(FORM, notes.read_bytes() if notes.is_file() else bytes(SIZE))
    result.runs += count
    result.digest = digest[:8].hex()
    result.slowest_s = round(max(result.slowest_s, slowest_s), 2)
    result.peak_mb = round(max(result.peak_mb, peak_mb))
    notes.unlink(missing_ok=True)
    found = _COVERAGE.findall(log.read_text("utf-8", "replace"))
    if found:
        result.coverage_seeds = result.coverage_seeds or int(found[0][0])
        result.coverage = max(result.coverage, int(found[-1][0]))


def main() -> int:
    """Run the targets that are named, or all; 1 where anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--from-corpus", action="store_true", help="begin with tests/fuzz/corpus, too")
    given = parser.parse_args()
    names = given.targets or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; expected some of {', '.join(TARGETS)}")
    results = []
    print(
        f"{'target':15} {'runs':>7} {'seed':>5} {'cov':>5} {'new':>5} {'kept':>5} {'s':>6} {'worst s':>8} {'MB':>5}"
        "  findings"
    )
    for name in names:
        r = fuzz(name, given.runs, given.seed, given.out.resolve(), given.from_corpus)
        results.append(asdict(r))
        new = r.coverage - r.coverage_seeds
        print(f"{name:15} {r.runs:7} {r.seed:5} {r.coverage:5} {new:5} {r.kept:5} {r.seconds:6.0f} {r.slowest_s:8.2f} "
              f"{r.peak_mb:5.0f}  {'; '.join(r.findings) or '-'}", flush=True)  # fmt: skip
    (given.out / f"results-{given.seed}-{given.runs}.json").write_text(json.dumps(results, indent=1))
    print(f"{sum(r['runs'] for r in results)} inputs")
    return 1 if any(r["findings"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
