"""Folders of files of which an input replaces one: its first byte says which, the rest is what the file holds."""

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

from fuzz.mutate.containers import change_named
from fuzz.target import ChangeBytes, Target

Files = Mapping[str, bytes]


def folder_target(
    name: str, files: Callable[[], Files], read: Callable[[Path], object], largest: int = 1 << 15
) -> Target:
    """A target that reads a folder; files: by their place in it, sorted by name in an input's first byte."""
    made: dict[str, bytes] = {}

    def known() -> dict[str, bytes]:
        if not made:
            made.update(sorted(files().items()))
        return made

    def read_input(data: bytes, folder: Path) -> None:
        whole = known()
        place = folder / name
        if not place.is_dir():
            for part, body in whole.items():
                (place / part).parent.mkdir(parents=True, exist_ok=True)
                (place / part).write_bytes(body)
        part = list(whole)[data[0] % len(whole)] if data else next(iter(whole))
        (place / part).write_bytes(data[1:])
        try:
            read(place)
        finally:
            (place / part).write_bytes(whole[part])

    def seeds() -> list[bytes]:
        return [bytes([at]) + body for at, body in enumerate(known().values())]

    def mutate(data: bytes, random: Random, change: ChangeBytes) -> bytes:
        whole = list(known())
        part = whole[data[0] % len(whole)] if data else whole[0]
        return data[:1] + change_named(part, data[1:], random, change)

    return Target(name, read_input, seeds, mutate, largest)


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its place in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
