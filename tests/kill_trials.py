"""Trials with kill -9: a process that writes is killed at a random moment, and what is left is looked at."""

import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from crash_world import State, command, copied, make_world, run, state_of, temporaries

from relens.scene_folder import load_scene

_LENS = ("--samples", "16")
_DEPTH = ("--fx-px", "30")
_PATIENCE_S = 60.0
MOVE = "fps: 8\nkeyframes:\n- {at_s: 0, eye_m: [0, 0, 0], focus: 0.4}\n- {at_s: 1.4, eye_m: [0.01, 0, 0], focus: 0.4}\n"

# What happens to a scene, over and over: after the last command it is as before the first.
_EDITS = (
    ("edit", "paint", "s.relens", "--to", "#104070", "--click-px", "2", "2"),
    ("edit", "undo", "s.relens"),
    ("edit", "redo", "s.relens"),
    ("edit", "import", "s.relens", "pages"),
    ("edit", "undo", "s.relens", "--steps", "2"),
)
_LIFTS = tuple(
    ("lift", "photos/a.png", "-o", "s.relens", "--depth", f"{depth}.npz", *_DEPTH) for depth in ("depth", "depth2")
)
_SAVES = (("save", "other.relens", "s.relens"), ("save", "me.relens", "s.relens"))
ON_A_SCENE = {"save": _SAVES, "edit": _EDITS, "lift": _LIFTS}
_FILM = ("path", "me.relens", "move.yaml", "--size", "24x18", *_LENS)
_FILMS = {
    "gif": (*_FILM, "-o", "f.gif"),
    "mp4, frames kept": (*_FILM, "-o", "f.mp4", "--frames", "kept"),
    "pictures": (*_FILM, "-o", "film/####.png"),
}
_BATCH = ("batch", "photos", "-o", "done", "--do", "depth,lift,shoot", "--depth", "depth.npz", *_DEPTH, *_LENS)
KINDS = ("save", "edit", "lift", "path", "batch")


class Killed(NamedTuple):
    """What was found after a kill.

    Attributes:
        kind: what was done.
        moment: how it was chosen: "any", or "write": while a temporary file was there.
        during_write: whether one was there when it was dead.
        problems: a line each.
    """

    kind: str
    moment: str
    during_write: bool
    problems: tuple[str, ...]


@dataclass
class Trials:
    """A world, and what its commands make of it when nobody kills them.

    fresh: whether every process starts anew, as in a console; else it is forked from one that has relens loaded.
    """

    folder: Path
    seed: int
    fresh: bool = False
    _count: int = 0
    _references: dict[str, list[State]] = field(default_factory=dict)
    _durations_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self.world = self.folder / "world"
        make_world(self.world)
        (self.world / "move.yaml").write_text(MOVE)
        if not self.fresh:
            self._context = multiprocessing.get_context("forkserver")
            self._context.set_forkserver_preload(["kill_worker"])

    def kill(self, kind: str, moment: str) -> Killed:
        """Let one process work and kill it; again, at another moment, where it was ready before."""
        while True:
            found = self._on_a_scene(kind, moment) if kind in ON_A_SCENE else self._once(kind, moment)
            if found is not None:
                return found

    def _on_a_scene(self, kind: str, moment: str) -> Killed | None:
        """The scene is as after the commands that were reported, or the one after."""
        commands = ON_A_SCENE[kind]
        if kind not in self._references:
            self._references[kind] = self._states(commands)
        states, place = self._references[kind], self._place("s.relens")
        if not self._killed(place, commands, 10**6, kind, moment, most=len(commands)):
            return None
        reported = (place / "report").read_text().split()[1:]
        problems = [f"status {status}" for status in reported if status != "0"]
        during_write = bool(temporaries(place))
        done = len(reported)
        now = state_of(place / "s.relens")
        if now not in (states[_index(done, commands)], states[_index(done + 1, commands)]):
            problems.append(f"neither the scene of {done} commands nor that of {done + 1}")
        problems += _unopened(place / "s.relens")
        problems += _goes_on(place, commands[0])
        return Killed(kind, moment, during_write, tuple(problems))

    def _once(self, kind: str, moment: str) -> Killed | None:
        """The same command again makes of what is left what it makes of nothing, and does nothing twice."""
        name = self._random.choice(sorted(_FILMS)) if kind == "path" else "batch"
        words = _FILMS[name] if kind == "path" else _BATCH
        if name not in self._references:
            place = self._place()
            with _inside(place):
                run(*words)
            self._references[name] = [_made(place)]
            self._durations_s[kind] = self._duration_s(words)
        (whole,) = self._references[name]
        assert whole is not None
        place = self._place()
        if not self._killed(place, (words,), 1, kind, moment, most=12 if kind == "path" else 8):
            return None
        during_write = bool(temporaries(place))
        before = _finished(place)
        problems = [
            f"{file} is there and not whole" for file, found in _made(place).items() if found != whole.get(file)
        ]
        with _inside(place):
            again = command(*words)
        if again.status != 0:
            problems.append(f"the same again: {again.err}")
        after = _finished(place)
        problems += [f"{file} was made again" for file in before if file in after and after[file] != before[file]]
        if kind == "path":
            problems += _rendered_again(again.out, len([file for file in before if file.endswith(".png")]))
        if _made(place) != whole:
            problems.append("the same again makes something else")
        problems += [f"left over: {name}" for name in temporaries(place)]
        problems += [f"left over: {path.name}" for path in place.rglob("film-*")]
        return Killed(kind, moment, during_write, tuple(problems))

    def _states(self, commands: Sequence[Sequence[str]]) -> list[State]:
        """Of the scene, before and after each command, the first one of the second round included."""
        place = self._place("s.relens")
        states = [state_of(place / "s.relens")]
        with _inside(place):
            for words in (*commands, *commands):
                _do(words)
                states.append(state_of(place / "s.relens"))
        return states

    def _duration_s(self, words: Sequence[str]) -> float:
        place = self._place()
        process = self._started(place, (words,), 1)
        start_s = _when_ready(place)
        while _lives(process):
            time.sleep(0.002)
        return time.monotonic() - start_s

    def _place(self, *scenes: str) -> Path:
        """A copy of the world to work in."""
        self._count += 1
        place = self.folder / f"trial{self._count}"
        shutil.copytree(self.world, place)
        for scene in scenes:
            copied(self.world / "me.relens", place / scene)
        if self._count > 2:
            shutil.rmtree(self.folder / f"trial{self._count - 2}", ignore_errors=True)
        return place

    def _started(self, place: Path, commands: Sequence[Sequence[str]], times: int):
        orders = str(place), [list(words) for words in commands], times
        if self.fresh:
            worker = Path(__file__).with_name("kill_worker.py")
            return subprocess.Popen([sys.executable, str(worker), json.dumps(orders)])
        from kill_worker import work

        process = self._context.Process(target=work, args=orders)
        process.start()
        return process

    def _killed(
        self, place: Path, commands: Sequence[Sequence[str]], times: int, kind: str, moment: str, most: int
    ) -> bool:
        """Whether the process was alive when it was killed. most: temporaries waited for, in moment "write"."""
        process = self._started(place, commands, times)
        start_s = _when_ready(place)
        if moment == "any":
            if times > 1:
                # It has loaded all that it needs; from now on it does little but write.
                _when_reported(place, process)
            time.sleep(self._random.uniform(0, self._durations_s.get(kind, 0.5)))
        else:
            nth, delay_s = self._random.randint(1, most), self._random.choice((0.0, 0.0, 0.001, 0.004))
            seen: set[str] = set()
            while len(seen) < nth and _lives(process) and time.monotonic() - start_s < _PATIENCE_S:
                seen.update(_hidden(place))
            time.sleep(delay_s)
        was_alive = _lives(process)
        os.kill(process.pid, signal.SIGKILL) if was_alive else None
        code = process.wait() if isinstance(process, subprocess.Popen) else (process.join(), process.exitcode)[1]
        return code == -signal.SIGKILL


def _goes_on(place: Path, words: Sequence[str]) -> list[str]:
    """The next command works, and removes what the dead process left."""
    problems = []
    with _inside(place):
        try:
            _do(words)
        except AssertionError as error:
            problems.append(f"the next command: {error}")
    return problems + [f"left over: {name}" for name in temporaries(place)]


def _do(words: Sequence[str]) -> None:
    if words[0] == "save":
        load_scene(words[1]).save(words[2])
    else:
        run(*words)


@contextmanager
def _inside(place: Path) -> Iterator[None]:
    """The working directory, for a while."""
    before = os.getcwd()
    os.chdir(place)
    try:
        yield
    finally:
        os.chdir(before)


def _index(done: int, commands: Sequence) -> int:
    """Where the state after so many commands stands among those of two rounds."""
    return done if done <= len(commands) else (done - 1) % len(commands) + 1 + len(commands) * (done > len(commands))


def _lives(process) -> bool:
    return process.poll() is None if isinstance(process, subprocess.Popen) else process.is_alive()


def _when_ready(place: Path) -> float:
    start_s = time.monotonic()
    while not (place / "report").exists():
        time.sleep(0.001)
        if time.monotonic() - start_s > _PATIENCE_S:
            raise TimeoutError("the process does not start")
    return time.monotonic()


def _when_reported(place: Path, process) -> None:
    while len((place / "report").read_text().splitlines()) < 2 and _lives(process):
        time.sleep(0.001)


def _hidden(place: Path) -> list[str]:
    """Temporaries, looked for quickly."""
    found = []
    for folder in (
        place,
        place / "done",
        place / "film",
        place / "kept",
        place / ".f.gif.frames",
        place / ".####.png.frames",
    ):
        try:
            found += [name for name in os.listdir(folder) if ".part" in name]
        except OSError:
            continue
    return found


def _unopened(scene: Path) -> list[str]:
    from relens.edit.history_file import load_history
    from relens.errors import RelensError

    try:
        load_history(scene)
    except RelensError as error:
        return [f"does not open: {error}"]
    return []


def _made(place: Path) -> dict[str, str]:
    """What a film or a batch has made, under its final names."""
    made = {}
    for path in [*place.glob("f.*"), *(place / "film").glob("[0-9]*"), *(place / "done").rglob("*")]:
        if path.is_file() and path.name != "batch.jsonl" and ".part" not in str(path):
            made |= {str(path.relative_to(place)): next(iter((state_of(path) or {}).values()))}
    return made


def _finished(place: Path) -> dict[str, tuple[int, int, bytes]]:
    """Frames that are kept, and the results of photos that are written down as done: number, time, content."""
    files = [
        file
        for folder in ("kept", ".f.gif.frames", ".####.png.frames", "film/.####.png.frames")
        for file in (place / folder).glob("[!.]*")
        if not file.name.startswith("film-")
    ]
    manifest = place / "done" / "batch.jsonl"
    if manifest.exists():
        for line in manifest.read_text().splitlines():
            try:
                outputs = [Path(each) for each in json.loads(line)["outputs"]]
            except ValueError:  # torn
                continue
            files += [
                file for each in outputs for file in ([each] if each.is_file() else each.rglob("*.*")) if file.is_file()
            ]
    return {
        str(file.relative_to(place)): (file.stat().st_ino, file.stat().st_mtime_ns, file.read_bytes()) for file in files
    }


def _rendered_again(said: str, kept: int) -> list[str]:
    """How many frames a film had, and rendered, by its own words."""
    found = re.search(r"(\d+) frames(?:, (\d+) of them rendered)?", said)
    if found is None:
        return [f"says {said!r}"]
    frames = int(found[1])
    rendered = frames if found[2] is None else int(found[2])
    return [] if rendered == frames - kept else [f"{kept} frames were kept, and {rendered} of {frames} rendered"]


def run_kills(folder: Path, seed: int, kills: Sequence[tuple[str, str]], fresh: bool = False) -> list[Killed]:
    """Kill (kind, moment) after (kind, moment), all from a process that does nothing else."""
    results = folder / "results.json"
    orders = json.dumps([str(folder), seed, fresh, list(kills), str(results)])
    subprocess.run([sys.executable, __file__, orders], check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    return [Killed(*found) for found in json.loads(results.read_text())]


def _main() -> None:
    folder, seed, fresh, kills, results = json.loads(sys.argv[1])
    trials = Trials(Path(folder), seed, fresh)
    found = [trials.kill(kind, moment) for kind, moment in kills]
    Path(results).write_text(json.dumps(found))


if __name__ == "__main__":
    _main()
