"""The built page: what `make viewer` makes of the TypeScript in viewer/."""

from pathlib import Path

from relens.errors import RelensError

# A wheel carries it inside the package, a source checkout beside it.
_FOLDERS = (Path(__file__).parents[1] / "_viewer", Path(__file__).parents[3] / "viewer" / "dist")


def built_page() -> Path:
    """The folder with index.html and what belongs to it. Raises RelensError, which says how to build, without one."""
    for folder in _FOLDERS:
        if (folder / "index.html").is_file():
            return folder
    raise RelensError("viewer: the page is not built in this source checkout; run: make viewer (Node.js 20 or newer)")
