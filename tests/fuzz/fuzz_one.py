"""Fuzz one target in this process: called by run.py, which has set its limits in time and tells what came of it."""

import concurrent.futures
import hashlib
import importlib
import mmap
import resource
import struct
import sys
import time
from concurrent.futures import Executor, Future
from pathlib import Path
from random import Random

import atheris
from fuzz.notes import FORM, SIZE

# Far above what an input may take, so that the machine stays whole; what meets it is a finding.
_SPARE_BYTES = 5 << 30


class Notes:
    """What the parent reads after a crash, too: how many inputs there were, a digest of them all in their order, the
    longest time and the most memory that one took.
    """

    def __init__(self, file: Path) -> None:
        file.write_bytes(bytes(SIZE))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), SIZE)
        self._count, self._digest, self.slowest_s = 0, bytes(32), 0.0

    def add(self, data: bytes) -> None:
        """Count an input."""
        self._count += 1
        self._digest = hashlib.sha256(self._digest + data).digest()
        self.write()

    def write(self) -> None:
        """Bring the parent's copy up to date."""
        self._map[:] = struct.pack(
            FORM, self._count, self._digest, self.slowest_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        )


class _AtOnce(Executor):
    """Does what threads would do, at once and in order, so that coverage is the same every time."""

    def __init__(self, max_workers: int | None = None) -> None:
        pass

    def submit(self, function, /, *args, **kwargs) -> Future:
        done: Future = Future()
        try:
            done.set_result(function(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
        return done


def _one_by_one() -> None:
    concurrent.futures.ThreadPoolExecutor = _AtOnce  # pyright: ignore[reportAttributeAccessIssue]


def _kernels() -> list[str]:
    """Modules that numba compiles: it does not know the fuzzer's marks in them."""
    source = Path(__file__).parents[2] / "src"
    kernels = [file for file in source.rglob("*.py") if "numba" in file.read_text("utf-8")]
    return [".".join(file.relative_to(source).with_suffix("").parts) for file in kernels]


def main() -> None:
    """Arguments: target, working folder, and libFuzzer's own."""
    name, room, packages, work = sys.argv[1], sys.argv[2], sys.argv[3].split(","), Path(sys.argv[4])
    with atheris.instrument_imports(include=packages, exclude=_kernels(), enable_loader_override=False):
        _one_by_one()
        target = next(each for each in importlib.import_module(room).TARGETS if each.name == name)
        from fuzz.outcome import outcome

        folder = work / "files"
        folder.mkdir(exist_ok=True)
        # What is imported on first use is imported now, under watch, and what is compiled is compiled.
        for seed in target.seeds():
            outcome(target, seed, folder)
    memory = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (memory + _SPARE_BYTES, resource.RLIM_INFINITY))
    notes, known = Notes(work / "notes"), {}
    (work / "found").mkdir(exist_ok=True)

    def read(data: bytes) -> None:
        notes.add(data)
        start = time.perf_counter()
        found = outcome(target, data, folder)
        seconds = time.perf_counter() - start
        if seconds > notes.slowest_s:
            notes.slowest_s = seconds
            (work / "slowest").write_bytes(data)
        if found and len(data) < known.get(found.key, 1 << 30):
            known[found.key] = len(data)
            stem = hashlib.sha256(found.key.encode()).hexdigest()[:12]
            (work / "found" / stem).write_bytes(data)
            # The text's first line is the key.
            (work / "found" / f"{stem}.txt").write_text(f"{found.key}\n{found.text}", "utf-8", "backslashreplace")

    def change(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if target.mutate is None or random.random() < 0.2:
            return atheris.Mutate(data, most)
        try:
            return target.mutate(data, random, lambda part: atheris.Mutate(part, max(len(part) + 64, 64)))[:most]
        except Exception as error:  # A mistake of the mutator must not look like one of the reader.
            (work / "mutator-failed.txt").write_text(repr(error))
            return atheris.Mutate(data, most)

    atheris.Setup([name, f"-max_len={target.largest}", *sys.argv[5:]], read, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
