"""PLY: the header, and elements of plain numbers whatever they are called (model readers drop what they do not know).

Source: Greg Turk, "The PLY Polygon File Format", 1994.
"""

from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np

from relens.errors import FileError

_LONGEST_HEADER = 1 << 16
_KINDS = {"char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4", "float": "f4",
          "double": "f8", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4",
          "float32": "f4", "float64": "f8"}  # fmt: skip
_ORDERS = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": ""}


@dataclass(frozen=True)
class Element:
    """One element of the header: so many rows of named numbers; `row` is None where they hold lists."""

    name: str
    count: int
    row: np.dtype | None

    @property
    def properties(self) -> tuple[str, ...]:
        """The names of a row's numbers."""
        return () if self.row is None else self.row.names or ()


@dataclass(frozen=True)
class Header:
    """What a PLY file says it holds; order is numpy's sign for the byte order, or empty for text."""

    path: Path
    order: str
    elements: tuple[Element, ...]
    size: int

    def element(self, name: str) -> Element | None:
        """The element of that name, or None."""
        return next((element for element in self.elements if element.name == name), None)


def read_header(path: Path) -> Header:
    """A PLY file's header. Raises FileError when there is none or it cannot be understood."""
    try:
        with path.open("rb") as file:
            start = file.read(_LONGEST_HEADER)
    except OSError as error:
        raise FileError(path, f"cannot be read ({error.strerror}); expected a PLY file") from error
    if start[:3] != b"ply":
        raise FileError(path, "is no PLY file; expected one that begins with 'ply'")
    end = start.find(b"end_header")
    stop = start.find(b"\n", end) + 1
    if end < 0 or stop == 0:
        raise FileError(path, "has no end of its PLY header; it may be cut short")
    order: str | None = None
    elements: list[tuple[str, int, list[tuple[str, str]] | None]] = []
    for line in start[:end].decode("ascii", "replace").splitlines()[1:]:
        words = line.split()
        try:
            if not words or words[0] in ("comment", "obj_info"):
                continue
            if words[0] == "format":
                order = _ORDERS[words[1]]
            elif words[0] == "element":
                elements.append((words[1], _count(words[2]), []))
            elif words[0] == "property" and words[1] == "list":
                elements[-1] = (*elements[-1][:2], None)
            elif words[0] == "property":
                row = elements[-1][2]
                if row is not None:
                    row.append((words[2], _KINDS[words[1]]))
            else:
                raise ValueError
        except (KeyError, IndexError, ValueError):
            raise FileError(path, f"has a PLY header line that cannot be read: {line[:80]!r}") from None
    if order is None:
        raise FileError(path, "has no format line in its PLY header")
    try:
        found = tuple(Element(name, count, _row(row, order)) for name, count, row in elements)
    except ValueError as error:
        raise FileError(path, f"has a PLY header that repeats a property ({error})") from None
    names = [element.name for element in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise FileError(path, f"has the element {twice} twice in its PLY header; expected each once")
    return Header(path, order, found, stop)


def read_elements(header: Header) -> dict[str, np.ndarray]:
    """The rows of every element, by name, as structured arrays; from the first element that holds lists on, nothing.

    Raises FileError when the file is shorter than its header says; nothing is allocated before that is known.
    """
    plain = [element for element in takewhile(lambda element: element.row is not None, header.elements)
             if element.properties]  # fmt: skip
    if header.order == "":
        return _text_elements(header, plain)
    left = header.path.stat().st_size - header.size
    rows: dict[str, np.ndarray] = {}
    offset = header.size
    for element in plain:
        assert element.row is not None
        size = element.count * element.row.itemsize
        if size > left:
            raise _cut_short(header, element)
        rows[element.name] = np.fromfile(header.path, element.row, element.count, offset=offset)
        left, offset = left - size, offset + size
    return rows


def _text_elements(header: Header, plain: list[Element]) -> dict[str, np.ndarray]:
    with header.path.open("rb") as file:
        file.seek(header.size)
        words = file.read().split()
    rows: dict[str, np.ndarray] = {}
    at = 0
    for element in plain:
        assert element.row is not None
        names = element.properties
        if at + element.count * len(names) > len(words):
            raise _cut_short(header, element)
        try:
            values = np.array(words[at : at + element.count * len(names)], np.bytes_).astype(np.float64)
        except ValueError as error:
            raise FileError(header.path, f"element {element.name}: {error}; expected numbers") from None
        filled = np.zeros(element.count, element.row)
        with np.errstate(over="ignore", invalid="ignore"):
            for column, name in enumerate(names):
                filled[name] = values.reshape(element.count, -1)[:, column]
        rows[element.name] = filled
        at += values.size
    return rows


def _cut_short(header: Header, element: Element) -> FileError:
    return FileError(
        header.path, f"is cut short: its header promises {element.count} rows of {element.name}; fetch it again"
    )


def _count(word: str) -> int:
    if not word.isdecimal():
        raise ValueError
    return int(word)


def _row(properties: list[tuple[str, str]] | None, order: str) -> np.dtype | None:
    return None if properties is None else np.dtype([(name, (order or "<") + kind) for name, kind in properties])
