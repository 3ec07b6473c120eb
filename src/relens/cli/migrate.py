"""relens migrate: old scenes brought to the newest version of the scene format."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg


@dataclass(frozen=True)
class Migrate:
    """Bring scenes to the newest version of the scene format.

    Never needed: every relens opens all older scenes as they are. Only scene.json is rewritten, pages and depths stay.
    All scenes are checked before the first is written.

    Try:
      relens migrate me.relens
      relens migrate --check *.relens
    """

    scenes: Annotated[Positional[tuple[Path, ...]], arg(metavar="SCENE...")]
    """The scenes' folders."""
    check: bool = False
    """Only say what would be done."""

    def run(self) -> None:
        """Print a line for every scene."""
        from relens.errors import RelensError
        from relens.scene_folder.manifest import VERSION
        from relens.scene_folder.migrate_folder import migrate_folder, version_of

        if not self.scenes:
            raise RelensError("scenes: none given; expected the folders of saved scenes")
        versions = [version_of(scene) for scene in self.scenes]
        for scene, version in zip(self.scenes, versions, strict=True):
            if version == VERSION:
                print(f"{scene}: version {version}, current")
            elif self.check:
                print(f"{scene}: version {version}, would become version {VERSION}")
            else:
                migrate_folder(scene)
                print(f"{scene}: version {version} is now version {VERSION}")
