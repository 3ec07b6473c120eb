"""A small world to crash in: photos with their depth, scenes with edits, painted pages; and commands in it."""

import hashlib
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from relens.cli.main import main

WIDTH_PX, HEIGHT_PX = 24, 18
# What of a folder or file is left: its files by name, with digests; None where there is nothing of that name.
State = dict[str, str] | None


class Outcome(NamedTuple):
    """How a command ended, and what it said, native libraries included."""

    status: int
    out: str
    err: str


def make_world(world: Path) -> None:
    """Photos, their depth, `me.relens` with an edit and one that was undone, `other.relens`, and painted pages of both.

    What operations replace lies in `old/`.
    """
    (world / "old").mkdir(parents=True)
    (world / "photos").mkdir()
    row, column = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    disc = np.hypot(column - 12, row - 9) < 5
    for number, name in enumerate("abc"):
        pixels = np.where(disc[..., None], [190, 140, 120], [90, 110, 100]) + (7 * column % 23)[..., None] + number
        Image.fromarray(pixels.astype(np.uint8)).save(world / "photos" / f"{name}.png")
    np.savez(world / "depth.npz", depth=np.where(disc, 0.4, 2.0).astype(np.float32))
    np.savez(world / "depth2.npz", depth=np.where(disc, 0.5, 2.5).astype(np.float32))
    photo, scene, other = world / "photos" / "a.png", world / "me.relens", world / "other.relens"
    run("lift", photo, "-o", scene, "--depth", world / "depth.npz", "--fx-px", 30)
    run("lift", photo, "-o", other, "--depth", world / "depth2.npz", "--fx-px", 30)
    for colour in ("#2a6040", "#803020"):
        run("edit", "paint", scene, "--to", colour, "--click-px", 2, 2)
    run("edit", "undo", scene)
    run("edit", "export", scene, world / "pages")
    run("edit", "export", other, world / "old" / "pages")
    page = np.array(Image.open(world / "pages" / "photo.png"))
    page[:4, :4] = page[-1, -1]
    Image.fromarray(page).save(world / "pages" / "photo.png")


def run(*words: object) -> None:
    """A command that has to work."""
    outcome = command(*words)
    if outcome.status != 0:
        raise AssertionError(f"{words}: {outcome}")


def command(*words: object) -> Outcome:
    """Run a command in this process and catch all that it says."""
    with _caught(1) as out, _caught(2) as err:
        try:
            status = main([str(word) for word in words])
        except SystemExit as leave:
            status = leave.code if isinstance(leave.code, int) else 1
        except Exception as error:  # what the console would print as a traceback
            print(f"Traceback: {type(error).__name__}: {error}", file=sys.stderr)
            status = 1
    return Outcome(status, out[0], err[0])


def state_of(path: Path) -> State:
    """All that lies under a name."""
    if path.is_file():
        return {"": _digest(path)}
    if not path.exists():
        return None
    return {str(each.relative_to(path)): _digest(each) for each in sorted(path.rglob("*")) if each.is_file()}


def temporaries(folder: Path) -> list[str]:
    """Hidden names of what is half-written."""
    found = [path for path in folder.rglob(".*") if ".part" in path.name or ".old" in path.name]
    return sorted(str(path.relative_to(folder)) for path in found)


def copied(source: Path, target: Path) -> None:
    """A file or a folder, under another name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _caught(descriptor: int):
    """What is written to a descriptor of this process, by whomever."""
    text = [""]
    stream = sys.stdout if descriptor == 1 else sys.stderr
    stream.flush()
    kept = os.dup(descriptor)
    with tempfile.TemporaryFile(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as file:
        os.dup2(file.fileno(), descriptor)
        own = open(descriptor, "w", closefd=False, errors="backslashreplace")  # noqa: SIM115, closed below
        python_own, target = (sys.stdout, "stdout") if descriptor == 1 else (sys.stderr, "stderr")
        setattr(sys, target, own)
        try:
            yield text
        finally:
            own.flush()
            setattr(sys, target, python_own)
            os.dup2(kept, descriptor)
            os.close(kept)
            file.seek(0)
            text[0] = file.read().decode("utf-8", "replace")
