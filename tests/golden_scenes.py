"""Small scenes as folders of every version of the format that relens ever wrote, with the values they stand for.

    python tests/golden_scenes.py

writes scene_folder/versions/VERSION/NAME for the version that this relens writes: `scene.relens`, and `expected.npz`
with the scene's values as this relens reads them. Folders of a version that was released are never written again.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from small_scene import small_scene, unsure_scene

from relens.edit import Expose, History, load_history, save_history
from relens.scene import Scene
from relens.scene_folder import load_scene, save_scene
from relens.scene_folder.manifest import VERSION

VERSIONS = Path(__file__).parent / "scene_folder" / "versions"
SCENES = {
    "plain": lambda: replace(small_scene(), source=None),
    "uncertainty": unsure_scene,
    "source-photo": small_scene,
    "gain": lambda: small_scene(brightest=6.5),
}
# The same, and edited: one edit done, one undone.
EDITED = "edited"
NAMES = (*SCENES, EDITED)


def edited_history() -> History:
    """A history of two edits, of which the last is undone."""
    return History(small_scene()).do(Expose(stops=-0.5)).do(Expose(stops=-1.0)).undo()


def values_of(scene: Scene) -> dict[str, np.ndarray]:
    """All of a scene's values by name."""
    camera = scene.camera.intrinsics
    values = {
        "camera": np.array([camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px, camera.width_px, camera.height_px]),
        "texts": np.array([camera.source, scene.depth_source, scene.source.name if scene.source else ""]),
        "source": np.frombuffer(scene.source.data if scene.source else b"", np.uint8),
        "border_px": np.array(scene.border_px),
        "layers": np.array([layer.name for layer in scene.layers]),
    }
    for layer in scene.layers:
        values |= {f"{layer.name} rgba": layer.rgba, f"{layer.name} inverse_depth": layer.inverse_depth}
    return values if scene.uncertainty is None else values | {"uncertainty": scene.uncertainty}


def values_of_folder(folder: Path, name: str) -> dict[str, np.ndarray]:
    """The values of a scene's folder; of an edited one also what they are without and with all of its edits."""
    values = values_of(load_scene(folder))
    if name == EDITED:
        history = load_history(folder)
        sides = {"undone": history.undo().scene, "redone": history.redo().scene}
        values |= {f"{side} {key}": value for side, scene in sides.items() for key, value in values_of(scene).items()}
    return values


def main() -> None:
    """Write the folders of the version that this relens writes."""
    for name in NAMES:
        room = VERSIONS / str(VERSION) / name
        if room.exists():
            sys.exit(f"{room} exists and stays: a version that was released is read as it was written, for ever")
        room.mkdir(parents=True)
        if name == EDITED:
            save_history(edited_history(), room / "scene.relens")
        else:
            save_scene(SCENES[name](), room / "scene.relens")
        np.savez_compressed(room / "expected.npz", **values_of_folder(room / "scene.relens", name))


if __name__ == "__main__":
    main()
