"""Take and retake: a picture that can be shot again after an edit, only where its light comes to."""

from dataclasses import dataclass, replace

from relens.camera import Camera
from relens.framing import Framing, framed
from relens.lens import Lens
from relens.progress import Progress, silent
from relens.ranges import whole
from relens.render.cpu import CpuEngine
from relens.render.engine import SampleBlock
from relens.render.estimate import Estimate
from relens.render.picture import Picture
from relens.render.progressive import MAX_SAMPLES, picture_of
from relens.render.repaint import reached, recoloured
from relens.scene import Scene


@dataclass(frozen=True)
class Take:
    """A picture of a scene, and what it takes to shoot it again.

    Attributes:
        picture: as `relens.shoot` makes it with the cpu engine, bit by bit.
        scene: what it shows.
        reshot: which part of the picture's tiles was shot for it, 0 to 1.
    """

    picture: Picture
    scene: Scene
    reshot: float
    _engine: CpuEngine
    _estimate: Estimate
    _block: SampleBlock


def take(
    scene: Scene,
    lens: Lens,
    *,
    camera: Camera | None = None,
    framing: Framing = "photo",
    samples: int = 64,
    seed: int = 0,
    progress: Progress = silent,
) -> Take:
    """Photograph a scene so that edits of it show quickly. Args and errors: as of `relens.shoot`."""
    samples = whole("samples", samples, f"1 to {MAX_SAMPLES}", 1, MAX_SAMPLES)
    block = SampleBlock(0, samples, whole("seed", seed, "a whole number, 0 or more", 0))
    camera, lens = framed(camera or scene.camera, lens, framing)
    return _shot(CpuEngine(scene), camera, lens, block, progress)


def retake(last: Take, scene: Scene, progress: Progress = silent) -> Take:
    """The same shot of an edited scene: bit by bit what `take` would make of it.

    Where nothing but colours changed, only the tiles that their light may come to are shot again, and the rest is the
    last picture's. Another depth, alpha or layer changes what hides what, and all is shot. The last take stays as it
    was, but hands its engine on.
    """
    camera, lens, block = last.picture.camera, last.picture.lens, last._block
    blocks = recoloured(last.scene, scene)
    if blocks is None:
        return _shot(CpuEngine(scene), camera, lens, block, progress)
    engine = last._engine.repainted(scene, blocks)
    wanted = reached(scene, blocks, camera, lens, block)
    if not wanted.any():
        return replace(last, scene=scene, reshot=0.0, _engine=engine)
    estimate, reshot = engine.render_again(last._estimate, camera, lens, block, wanted, progress)
    picture = picture_of(estimate, engine.pinhole_depth_m(camera), camera, lens)
    return Take(picture, scene, reshot, engine, estimate, block)


def _shot(engine: CpuEngine, camera: Camera, lens: Lens, block: SampleBlock, progress: Progress) -> Take:
    estimate = engine.render(camera, lens, block, None, progress)
    picture = picture_of(estimate, engine.pinhole_depth_m(camera), camera, lens)
    return Take(picture, engine.scene, 1.0, engine, estimate, block)
