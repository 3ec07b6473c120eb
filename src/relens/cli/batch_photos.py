"""Which photos a batch is about, and what their results are called."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from relens.errors import FileError, RelensError

_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".exr"}


@dataclass(frozen=True)
class BatchPhoto:
    """One photo of a batch.

    Attributes:
        path: absolute.
        name: of its results in the batch's folder, without a suffix; sub-folders included.
    """

    path: str
    name: str


def batch_photos(words: Sequence[str], output: Path) -> list[BatchPhoto]:
    """The photos that words of the command line name, each once: files, folders, patterns, @FILE with a name a line.

    A folder's photos keep the folders below it in their names. Scenes (*.relens), hidden files and the output are
    passed over in folders. A file that a list names need not be there: that is found out when its turn comes.
    Raises FileError for a word that names nothing; RelensError where two photos' results would have one name.
    """
    if not words:
        raise RelensError("PHOTOS is missing; name files, folders, patterns in quotes, or @FILE with a name a line")
    names: dict[str, str] = {}
    for word in words:
        for path, name in _named(word, output):
            names.setdefault(os.path.abspath(path), name)
    taken: dict[str, str] = {}
    for path, name in names.items():
        if name in taken:
            advice = "rename one, or name the folder above both, which keeps its sub-folders apart"
            raise RelensError(f"{taken[name]} and {path}: results of both would be called {output / name}; {advice}")
        taken[name] = path
    if not names:
        if any(_is_same(word, output) for word in words):
            raise RelensError(f"{output}: holds the photos; choose another folder for the results")
        raise RelensError(f"{' '.join(words)}: no photos there")
    return [BatchPhoto(path, name) for path, name in names.items()]


def _named(word: str, output: Path) -> Iterator[tuple[str, str]]:
    if word.startswith("@"):
        for line in _lines(Path(word[1:])):
            yield line, Path(line).stem
    elif os.path.isdir(word):
        for path in _photos_below(word, output):
            yield path, str(Path(path).relative_to(word).with_suffix(""))
    elif os.path.exists(word):
        yield word, Path(word).stem
    else:
        found = [path for path in sorted(glob.glob(word, recursive=True)) if os.path.isfile(path)]
        if not found:
            raise FileError(word, "no such photo, folder or pattern with photos")
        for path in found:
            yield path, Path(path).stem


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8", "surrogateescape").splitlines()
    except OSError as error:
        raise FileError(path, f"cannot read: {error.strerror or error}") from error
    return [line.strip() for line in lines if line.strip()]


def _is_same(folder: str, output: Path) -> bool:
    return os.path.realpath(folder) == os.path.realpath(output)


def _photos_below(folder: str, output: Path) -> Iterator[str]:
    if _is_same(folder, output):
        return
    for place, folders, files in os.walk(folder):
        kept = [
            name
            for name in folders
            if not name.startswith(".")
            and not name.endswith(".relens")
            and not _is_same(os.path.join(place, name), output)
        ]
        folders[:] = sorted(kept)
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in _SUFFIXES:
                yield os.path.join(place, name)
