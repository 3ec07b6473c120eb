"""Taken: what a report explains: one photo, what was found out about it, and the lens that photographs it again."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.depth import Depth
from relens.lens import Lens
from relens.photo import Photo
from relens.render.focus import background_depth_m, visible_inverse_depth
from relens.render.halved import halved
from relens.scene import Scene

# Long side of the report's pictures.
PICTURE_PX = 1200


@dataclass(frozen=True)
class Taken:
    """One photo on its way through relens.

    Attributes:
        photo: as it was lifted, highlights raised if the user wanted that.
        scene: the layers it became.
        lens: focused on the subject or what the user named.
        clipped: share of the photo's pixels that were clipped before anything was raised, 0 to 1.
        depth: as its source gave it; None where the scene came from a folder, which does not keep it.
        matte_source: where the subject's outline comes from; "none" without one.
        painter: what painted hidden surfaces: "patches" of the photo itself, or a network by name.
        notes: what the stages have to say, a line each.
        command: what repeats the run.
        seconds: by stage.
        seed, samples: of the lens samples.
        engine: by name, as `relens.open_engine` takes it.
    """

    photo: Photo
    scene: Scene
    lens: Lens
    clipped: float
    depth: Depth | None = None
    matte_source: str = "none"
    painter: str = "patches"
    notes: tuple[str, ...] = ()
    command: str = ""
    seconds: tuple[tuple[str, float], ...] = ()
    seed: int = 0
    samples: int = 64
    engine: str = "auto"

    @cached_property
    def visible(self) -> Float32[np.ndarray, "h w"]:
        """Inverse depth of what the photo shows, 1/m, on its own grid."""
        return visible_inverse_depth(self.scene)

    @cached_property
    def background_m(self) -> float:
        """z-depth of the background: the median of the farther half of the scene's range; inf at infinity."""
        return background_depth_m(self.scene)

    @property
    def fx_px(self) -> float:
        """Image-side distance in pixels of the photo."""
        return self.scene.camera.intrinsics.fx_px

    @cached_property
    def camera(self) -> Camera:
        """The photo's camera at the size of the report's pictures."""
        k = self.scene.camera.intrinsics
        width_px = round(k.width_px * min(1.0, PICTURE_PX / max(k.width_px, k.height_px)))
        return self.scene.camera.resized(max(1, width_px))

    @cached_property
    def small(self) -> Scene:
        """The scene, halved as long as a pixel of the report's pictures still spans more than one texel."""
        scene, width_px = self.scene, self.camera.intrinsics.width_px
        while scene.camera.intrinsics.width_px >= 2 * width_px:
            scene = halved(scene)
        return scene

    @property
    def subject_layers(self) -> tuple[str, ...]:
        """Names of the layers that the matte cut out; none without a matte."""
        return tuple(layer.name for layer in self.scene.layers if layer.name.startswith("subject"))
