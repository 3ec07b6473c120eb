"""Trials on a disk that fails (tests/crash/faults.c): every write of an operation, one after another, is made to fail.

Run as a program in a process that has the failing disk preloaded; see `run_trials`.
"""

import ctypes
import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from crash_world import Outcome, State, command, copied, make_world, state_of

# What libraries say that do not tell the reason, and relens where it finds less than was written.
_WITHOUT_REASON = ("Unable to open file for writing", "the disk did not take all of it")
_SOURCE = Path(__file__).with_name("crash") / "faults.c"


class Fault(NamedTuple):
    """How the disk fails: with which error, from then on or once, and whether nothing can be removed any more."""

    code: int
    for_ever: bool
    removal_fails: bool


FAULTS = {
    "full": Fault(errno.ENOSPC, True, False),
    "over quota": Fault(errno.EDQUOT, True, False),
    "read-only": Fault(errno.EROFS, True, True),
    "broken once": Fault(errno.EIO, False, False),
}


@dataclass(frozen=True)
class Operation:
    """Something that writes.

    Attributes:
        words: the command, said in the world's folder; or what is called there.
        makes: the names under `out` that are written.
        old: what lies there before: names under `out`, and what of the world is copied there.
        keeps: names under `out` that a failure may leave, since the next try goes on from there.
        lines: how many lines an error may have.
    """

    words: Sequence[object] | Callable[[], None]
    makes: tuple[str, ...]
    old: tuple[tuple[str, str], ...] = ()
    keeps: tuple[str, ...] = ()
    lines: int = 1


_LENS = ("--samples", 2)
_SCENE = (("s.relens", "me.relens"),)
_DEPTH = ("--depth", "depth.npz", "--fx-px", 30)
_FILM = (*_LENS, "--fps", 3, "--size", "16x12")


def operations() -> dict[str, Operation]:
    """All that is tried, by name. What is written anew has another name than what replaces something."""
    made = {
        "lift": Operation(("lift", "photos/a.png", "-o", "out/s.relens", *_DEPTH), ("s.relens",)),
        "lift over a scene": Operation(
            ("lift", "photos/a.png", "-o", "out/s.relens", *_DEPTH), ("s.relens",), (("s.relens", "other.relens"),)
        ),
        "edit paint": Operation(
            ("edit", "paint", "out/s.relens", "--to", "#104070", "--click-px", 2, 2), ("s.relens",), _SCENE
        ),
        "edit undo": Operation(("edit", "undo", "out/s.relens"), ("s.relens",), _SCENE),
        "edit redo": Operation(("edit", "redo", "out/s.relens"), ("s.relens",), _SCENE),
        "edit replay": Operation(
            ("edit", "replay", "me.relens", "other.relens", "-o", "out/s.relens"), ("s.relens",), _SCENE
        ),
        "edit import": Operation(("edit", "import", "out/s.relens", "pages"), ("s.relens",), _SCENE),
        "edit export": Operation(("edit", "export", "me.relens", "out/pages"), ("pages",)),
        "edit export over pages": Operation(
            ("edit", "export", "me.relens", "out/pages"), ("pages",), (("pages", "old/pages"),)
        ),
        "batch": Operation(
            ("batch", "photos", "-o", "out/batch", "--do", "depth,lift,shoot", *_DEPTH, *_LENS),
            ("batch/a.png", "batch/a-depth.exr", "batch/a.relens", "batch/b.png", "batch/b.relens", "batch/c.relens"),
            keeps=("batch",),
            lines=4,
        ),
        "matte": Operation(
            ("matte", "photos/a.png", "-o", "out/m.png", "--foreground", "out/f.png", *_DEPTH[:2], "--click", "12,9"),
            ("m.png", "f.png"),
        ),
        "sweep": Operation(("sweep", "me.relens", "-o", "out/s", "--f-numbers", 2, 8, *_LENS), ("s",)),
        "stereo heic": Operation(("stereo", "me.relens", "-o", "out/p.heic", *_LENS), ("p.heic",)),
        "export html": Operation(("export", "me.relens", "-o", "out/e.html"), ("e.html",)),
        "fit folder": Operation(_save_fit, ("fit",)),
    }
    pictures = {"png": (), "png 16": ("--bit-depth", 16), "tif": (), "exr": (), "jpg": (), "webp": ()}
    for kind, more in pictures.items():
        suffix = kind.split()[0]
        name = f"p.{suffix}"
        words = ("shoot", "me.relens", "-o", f"out/{name}", *_LENS, *more)
        made[f"shoot {kind}"] = Operation(words, (name,), ((name, "photos/b.png"),))
    for suffix in ("exr", "npz", "npy", "pfm", "tif", "png"):
        name = f"d.{suffix}"
        words = ("depth", "photos/a.png", "-o", f"out/{name}", "--backend", "depth.npz", "--fx-px", 30)
        made[f"depth {suffix}"] = Operation(words, (name,), ((name, "depth.npz"),))
    for suffix in ("glb", "usdz", "obj", "ply"):
        name = f"e.{suffix}"
        more = ("e.mtl", "e-background.png", "e-front-1.png") if suffix == "obj" else ()
        words = ("export", "me.relens", "-o", f"out/{name}")
        made[f"export {suffix}"] = Operation(words, (name, *more), ((name, "depth.npz"),))
    for suffix in ("mp4", "gif", "webp"):
        name = f"f.{suffix}"
        words = ("path", "me.relens", "move.yaml", "-o", f"out/{name}", *_FILM)
        made[f"path {suffix}"] = Operation(words, (name,), ((name, "depth.npz"),), (f".{name}.frames",))
    for suffix in ("png", "exr"):
        name = f"film/####.{suffix}"
        words = ("path", "me.relens", "move.yaml", "-o", f"out/{name}", *_FILM)
        made[f"path {name}"] = Operation(words, (f"film/0001.{suffix}", f"film/0003.{suffix}"), keeps=("film",))
    made["path with kept frames"] = Operation(
        ("path", "me.relens", "move.yaml", "-o", "out/f.gif", "--frames", "out/kept", *_FILM), ("f.gif",), (), ("kept",)
    )
    for suffix in ("yaml", "json", "py"):
        name = f"move.{suffix}"
        words = ("path", "me.relens", "move.yaml", "-o", f"out/{name}")
        made[f"path {suffix}"] = Operation(words, (name,), ((name, "depth.npz"),))
    return made


def _save_fit() -> None:
    from fitted_pages import mesh, page, photos

    from relens.multiview.fit_folder import save_fit

    save_fit("out/fit", photos(), None, mesh(), page())


class Result(NamedTuple):
    """What became of one write that failed: which one, what the operation then did, and what is wrong with that."""

    operation: str
    fault: str
    number: int
    call: str
    status: int
    problems: tuple[str, ...]
    said: str


class Disk:
    """The disk of this process, which has it preloaded."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(os.environ["LD_PRELOAD"])
        self._library.faults_fired.restype = ctypes.c_char_p
        self._library.faults_disarm.restype = ctypes.c_long
        self._library.faults_arm.argtypes = [ctypes.c_char_p, ctypes.c_long, *[ctypes.c_int] * 3]

    def arm(self, folder: Path, number: int, fault: Fault) -> None:
        """The numbered write under a folder is to fail."""
        self._library.faults_arm(os.fsencode(folder), number, fault.code, fault.for_ever, fault.removal_fails)

    def disarm(self) -> tuple[int, str]:
        """How many writes there were, and the name of the call that failed."""
        return self._library.faults_disarm(), self._library.faults_fired().decode()


def compiled(folder: Path) -> Path:
    """The failing disk as a library. Raises OSError, CalledProcessError where it cannot be compiled."""
    library = folder / "faults.so"
    words = [os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-o", library, _SOURCE, "-ldl", "-lpthread"]
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
    return library


def run_trials(folder: Path, names: Sequence[str], faults: Sequence[str], most: int) -> list[Result]:
    """Try operations on a failing disk, in a process of their own.

    most: so many writes of each, spread evenly; 0 for all.
    """
    world, results = folder / "world", folder / "results.json"
    environment = os.environ | {"LD_PRELOAD": str(compiled(folder)), "PYTHONPATH": str(Path(__file__).parent)}
    orders = json.dumps([str(world), list(names), list(faults), most, str(results)])
    subprocess.run([sys.executable, __file__, orders], check=True, env=environment)
    return [Result(*result) for result in json.loads(results.read_text())]


def _trials(world: Path, name: str, faults: Sequence[str], most: int) -> Iterator[Result]:
    operation, disk = operations()[name], Disk()
    # What is kept in memory from the first time on, and where compiled code goes, is no part of the operation.
    old = _restored(world, operation)
    outcome = _done(operation)
    if outcome.status != 0:
        yield Result(name, "", 0, "", outcome.status, ("does not work on a sound disk",), outcome.err)
        return
    writes = {}
    for removal_fails in {FAULTS[fault].removal_fails for fault in faults}:
        _restored(world, operation)
        disk.arm(world, 0, Fault(0, False, removal_fails))
        _done(operation)
        writes[removal_fails], _ = disk.disarm()
    new, names_after = _states(world, operation), _names(world)
    for fault_name in faults:
        fault = FAULTS[fault_name]
        count = writes[fault.removal_fails]
        for number in range(1, count + 1, max(1, count // most) if most else 1):
            _restored(world, operation)
            names_before = _names(world)
            disk.arm(world, number, fault)
            outcome = _done(operation)
            _, call = disk.disarm()
            if not call:
                # Threads: this time it had fewer.
                continue
            problems = _problems(world, operation, fault, outcome, old, new)
            problems += _left_over(world, operation, fault, names_after if outcome.status == 0 else names_before)
            yield Result(name, fault_name, number, call, outcome.status, tuple(problems), outcome.err)


def _restored(world: Path, operation: Operation) -> list[State]:
    for folder in ("out", "tmp", "cache"):
        shutil.rmtree(world / folder, ignore_errors=True)
        (world / folder).mkdir()
    for name, source in operation.old:
        copied(world / source, world / "out" / name)
    return _states(world, operation)


def _done(operation: Operation) -> Outcome:
    from relens.errors import RelensError

    if isinstance(operation.words, Sequence):
        return command(*operation.words)
    try:
        operation.words()
    except RelensError as error:
        return Outcome(2, "", f"relens: error: {error}\n")
    except Exception as error:
        return Outcome(1, "", f"Traceback: {type(error).__name__}: {error}\n")
    return Outcome(0, "", "")


def _states(world: Path, operation: Operation) -> list[State]:
    return [state_of(world / "out" / name) for name in operation.makes]


def _names(world: Path) -> set[str]:
    return {str(path.relative_to(world)) for folder in ("out", "tmp") for path in (world / folder).rglob("*")}


def _problems(
    world: Path, operation: Operation, fault: Fault, outcome: Outcome, old: list[State], new: list[State]
) -> list[str]:
    problems = []
    now = _states(world, operation)
    for name, is_now, was, will_be in zip(operation.makes, now, old, new, strict=True):
        if outcome.status == 0 and is_now != will_be:
            problems.append(f"{name} is not what it should be, and nobody says so")
        elif is_now not in (was, will_be):
            problems.append(f"{name} is neither old nor new")
    if outcome.status == 0:
        return problems
    lines = outcome.err.splitlines()
    if outcome.status != 2:
        problems.append(f"status {outcome.status}")
    if not 1 <= len(lines) <= operation.lines or not all(line.startswith("relens: ") for line in lines):
        problems.append(f"{len(lines)} lines")
    if not any(reason.lower() in outcome.err.lower() for reason in (os.strerror(fault.code), *_WITHOUT_REASON)):
        problems.append("does not say what happened")
    names = [f"out/{name.split('/')[0]}" for name in (*operation.makes, *operation.keeps)]
    if not any(name in outcome.err for name in (*names, str(world / "tmp"))):
        problems.append("does not name the file")
    if ".part" in outcome.err:
        problems.append("names a temporary")
    return problems


def _left_over(world: Path, operation: Operation, fault: Fault, allowed: set[str]) -> list[str]:
    if fault.removal_fails:
        return []
    kept = tuple(f"out/{name}" for name in (*operation.keeps, *operation.makes))
    extra = [name for name in sorted(_names(world) - allowed) if ".part" in name or not name.startswith(kept)]
    return [f"leaves {', '.join(extra)}"] if extra else []


def _main() -> None:
    folder, names, faults, most, results = json.loads(sys.argv[1])
    world = Path(folder)
    # Its own child processes are not to fail.
    tempfile.tempdir = str(world / "tmp")
    make_world_and_enter(world)
    found = [result for name in names for result in _trials(world, name, faults, most)]
    Path(results).write_text(json.dumps(found))


def make_world_and_enter(world: Path) -> None:
    """The world, as the working directory; what the viewer keeps for later lies in it, too."""
    from relens.viewer import first_look

    (world / "tmp").mkdir(parents=True)
    first_look.cache_folder = lambda: world / "cache" / "relens" / "view"
    make_world(world)
    os.chdir(world)
    (world / "move.yaml").write_text(
        "fps: 3\nkeyframes:\n- {at_s: 0, eye_m: [0, 0, 0], focus: 0.4}\n- {at_s: 1, eye_m: [0.01, 0, 0], focus: 0.4}\n"
    )


if __name__ == "__main__":
    _main()
