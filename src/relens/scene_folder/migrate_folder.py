"""A scene's folder brought to the newest version of the format, where it lies."""

from pathlib import Path

from relens.atomic import atomic_file
from relens.scene_folder.manifest import MANIFEST_NAME, VERSION, manifest_text, read_versioned


def version_of(folder: Path) -> int:
    """The version that a scene's folder has. Raises FileError as `load_scene` does for its scene.json."""
    return read_versioned(folder)[0]


def migrate_folder(folder: Path) -> bool:
    """Rewrite scene.json alone, whole or not at all, where it is older than this relens writes; whether it was.

    Raises FileError for a folder that is no scene, and where it cannot be written.
    """
    version, manifest = read_versioned(folder)
    if version == VERSION:
        return False
    with atomic_file(folder / MANIFEST_NAME) as temporary:
        temporary.write_text(manifest_text(manifest), encoding="utf-8")
    return True
