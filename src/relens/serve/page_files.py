"""The page's files: an exact table made at the start, so that no address can mean any other file."""

import os
from dataclasses import dataclass
from pathlib import Path

from relens.errors import FileError

# What a built page is made of; nothing else is handed out.
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_INDEX = "index.html"
# Together; a built page has a hundredth of it.
_BYTES_LIMIT = 64 << 20


@dataclass(frozen=True)
class PageFile:
    """A file of the page.

    Attributes:
        content: all of it.
        kind: for the Content-Type header.
        stays: whether its name changes with its content, so that a browser may keep it.
    """

    content: bytes
    kind: str
    stays: bool


def page_files(folder: Path) -> dict[bytes, PageFile]:
    """The files of a built page by the address that they are asked for, as it stands in the request.

    Symbolic links are left out, and folders behind them: what they point to is no part of the page.
    Raises FileError for a folder without a page.
    """
    files = {}
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            file = Path(place, name)
            kind = _KINDS.get(file.suffix.lower())
            address = "/" + file.relative_to(folder).as_posix()
            if kind is None or file.is_symlink() or not file.is_file() or not address.isascii():
                continue
            files[address.encode()] = PageFile(_read(file), kind, stays=address.startswith("/assets/"))
    if sum(len(file.content) for file in files.values()) > _BYTES_LIMIT:
        raise FileError(folder, f"holds more than {_BYTES_LIMIT >> 20} MB; expected a built page")
    index = files.pop(f"/{_INDEX}".encode(), None)
    if index is None:
        raise FileError(folder / _INDEX, "is missing; build the page again")
    return {b"/": index, **files}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileError(file, f"cannot read: {error.strerror or error}") from error
