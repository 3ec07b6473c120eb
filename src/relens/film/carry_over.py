"""Frames of an earlier state of the scene that show nothing of what changed since: they are frames of this one."""

from collections.abc import Sequence
from pathlib import Path

from relens.camera import Camera
from relens.film.frame import Recipe
from relens.film.frame_key import key_of_scene
from relens.film.frame_store import FrameStore
from relens.film.scene_print import ScenePrint, read_print, write_print
from relens.path.shot import Shot
from relens.progress import Progress
from relens.render.engine import SampleBlock
from relens.render.repaint import Blocks, reached
from relens.scene import Scene

# The engine of which `relens.render.repaint` knows where the light of a texel comes to.
_KNOWN_ENGINE = "cpu"


def carry_over(
    store: FrameStore,
    scene: Scene,
    now: ScenePrint,
    shots: Sequence[Shot],
    keys: Sequence[str],
    recipe: Recipe,
    engine: str,
    progress: Progress,
) -> None:
    """Give the frames in the store that this scene would give too their names of this scene.

    Only where nothing but colours changed, and no changed texel can be seen in any tile of the frame; so they are what
    rendering them again would make, bit by bit. With a moving camera, or another engine than cpu, none are.
    """
    earlier = [] if engine != _KNOWN_ENGINE else [
        (before.digest, blocks)
        for path in sorted(store.folder.glob("scene-*.npz"))
        if path != _path(store, now) and (before := read_print(path)) and (blocks := now.recoloured(before)) is not None
    ]  # fmt: skip
    for index, key in enumerate(keys if earlier else ()):
        progress("compare", index / len(keys))
        for digest, blocks in earlier:
            before = key_of_scene(key, digest)
            if key not in store and before in store and not _sees(shots[index], scene, blocks, recipe):
                store.rename(before, key)
    if not _path(store, now).exists():
        write_print(now, _path(store, now))


def _path(store: FrameStore, scene: ScenePrint) -> Path:
    return store.folder / f"scene-{scene.digest}.npz"


def _sees(shot: Shot, scene: Scene, blocks: dict[str, Blocks], recipe: Recipe) -> bool:
    if not isinstance(shot.camera, Camera):
        return True
    block = SampleBlock(0, recipe.samples, recipe.seed)
    cameras = recipe.stereo.cameras(shot.camera) if recipe.stereo else (shot.camera,)
    return any(
        not isinstance(camera, Camera) or reached(scene, blocks, camera, shot.lens, block).any() for camera in cameras
    )
