"""What travels inside relens: networks, sample photos, and the JavaScript of the viewer's page."""

import json
from importlib.resources import files
from pathlib import Path

from relens.errors import FileError
from relens.licences.licence import Licence

# src/relens/face/networks/LICENSE and NOTICE say so.
_NETWORKS = "Apache-2.0"
_NETWORKS_PAGE = "https://github.com/google-ai-edge/mediapipe"
_NETWORKS_VERSION = "0.10.21"
# scenes/*/LICENSE
_PHOTOS = "MIT"
_PHOTOS_PAGE = "https://github.com/fidmaa/portrait-analyser"

# A wheel carries them inside the package, a source checkout beside it.
_PACKAGE = Path(__file__).parents[1]
_SAMPLES = (_PACKAGE / "_scenes", _PACKAGE.parents[1] / "scenes")
_PAGES = (_PACKAGE / "_viewer", _PACKAGE.parents[1] / "viewer" / "dist")


def shipped_networks() -> tuple[Licence, ...]:
    """The small networks inside the package, which `relens.face` runs."""
    folder = files("relens") / "face" / "networks"
    names = sorted(Path(file.name).stem for file in folder.iterdir() if file.name.endswith(".tflite"))
    return tuple(Licence(name, _NETWORKS_VERSION, _NETWORKS, "network", _NETWORKS_PAGE) for name in names)


def shipped_photos() -> tuple[Licence, ...]:
    """The sample photos of this installation."""
    names = sorted({photo.parent.name for folder in _SAMPLES for photo in folder.glob("*/portrait.*")})
    return tuple(Licence(name, "", _PHOTOS, "photo", _PHOTOS_PAGE) for name in names)


def page_packages() -> tuple[Licence, ...]:
    """The JavaScript packages in the viewer's built page; none where no page is built.

    Raises FileError where the page's list cannot be read.
    """
    lists = [folder / "licences.json" for folder in _PAGES if (folder / "licences.json").is_file()]
    if not lists:
        return ()
    try:
        rows = json.loads(lists[0].read_text("utf-8"))
        return tuple(Licence(row["name"], row["version"], row["licence"], "package", row["link"]) for row in rows)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise FileError(lists[0], f"is no list of licences ({error}); make viewer writes it anew") from error
