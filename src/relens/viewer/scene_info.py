"""SceneInfo: what the page is told of a scene before its pixels come."""

from importlib.metadata import version
from typing import Any

from relens.viewer.baked_moves import MOVE_NAMES
from relens.viewer.edit_state import EditState
from relens.viewer.levels import Levels
from relens.viewer.pinhole import pinhole_record
from relens.viewer.presets import presets
from relens.viewer.subject_point import subject_point_m

FORMAT = "relens-view"
VERSION = 1


def scene_info(levels: Levels, name: str, edits: EditState) -> dict[str, Any]:
    """All of it, in JSON values.

    | key | unit | meaning |
    |---|---|---|
    | name | | the scene's, for people |
    | camera | px | the photo's pinhole at full size |
    | levels | px | number, width and height of the photo of every level, the largest first |
    | subject_m | m | where the subject is, in the world |
    | presets | | `relens.viewer.presets` |
    | has_source, has_uncertainty | | what else can be had |
    | history | | `EditState` |
    | moves | | names of the ready-made moves |
    """
    scene = levels.scene
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": name,
        "relens": version("relens"),
        "camera": pinhole_record(scene.camera.intrinsics),
        "depth_source": scene.depth_source,
        "levels": [
            {"level": at.level, "width_px": at.intrinsics.width_px, "height_px": at.intrinsics.height_px}
            for at in levels.sizes
        ],
        "subject_m": list(subject_point_m(scene)),
        "presets": presets(),
        "has_source": scene.source is not None,
        "has_uncertainty": scene.uncertainty is not None,
        "history": edits.record(),
        "moves": list(MOVE_NAMES),
    }
