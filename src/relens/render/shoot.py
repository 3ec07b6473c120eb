"""shoot: photograph a scene with a physical lens from any nearby camera."""

import time

from relens.camera import Camera
from relens.framing import Framing, framed
from relens.lens import Lens
from relens.mesh import Mesh
from relens.progress import Progress, silent
from relens.ranges import positive, whole
from relens.render.choose import open_engine
from relens.render.engine import Engine, SampleBlock
from relens.render.picture import Picture
from relens.render.progressive import MAX_SAMPLES, camera_of, picture_of, progressive
from relens.scene import Scene

_SAMPLES = 64


def shoot(
    subject: Scene | Mesh | Engine,
    lens: Lens,
    *,
    camera: Camera | None = None,
    framing: Framing = "photo",
    samples: int | None = None,
    seed: int = 0,
    noise: float | None = None,
    time_budget_s: float | None = None,
    engine: str = "auto",
    progress: Progress = silent,
) -> Picture:
    """Photograph a subject: the mean over the pupil of what each lens ray meets first (design section 6).

    Args:
        subject: a scene, a mesh, or an engine opened for one of them (`relens.open_engine`), which keeps what it has
            prepared and makes the second picture quicker than the first.
        lens: pupil and focus; the focus distance is measured from `camera`.
        camera: pose, field of view and size of the picture; the photo's own when left out. A mesh has none.
        framing: whose field of view; see `relens.framing.framed`.
        samples: lens samples, the most that any pixel gets; engines take fewer where fewer are as good. 64 when left
            out, or as many as `noise` and `time_budget_s` need.
        seed: scrambles the sample pattern; the same seed gives the same picture.
        noise: stop where the standard error of the linear luminance is at most this.
        time_budget_s: stop before this much time is up, as far as the last pass can tell the next; one pass of 16
            samples is always taken.
        engine: "auto", "cpu", "cuda", "mesh" or "reference"; see `relens.open_engine`.
        progress: told how far the work is; may raise to stop it.

    Raises ValueRangeError for values out of range or an unknown engine.
    """
    if noise is None and time_budget_s is None:
        samples = whole("samples", _SAMPLES if samples is None else samples, f"1 to {MAX_SAMPLES}", 1, MAX_SAMPLES)
        seed = whole("seed", seed, "a whole number, 0 or more", 0)
        opened = open_engine(subject, engine) if isinstance(subject, Scene | Mesh) else subject
        camera, lens = framed(camera or camera_of(subject), lens, framing)
        estimate = opened.render(camera, lens, SampleBlock(0, samples, seed), None, progress)
        return picture_of(estimate, opened.pinhole_depth_m(camera), camera, lens)
    if time_budget_s is not None:
        time_budget_s = positive("time_budget_s", time_budget_s, "a positive number of seconds")
    began_s = last_s = time.monotonic()
    pictures = progressive(
        subject, lens, camera=camera, framing=framing, samples=samples or MAX_SAMPLES, seed=seed, noise=noise,
        engine=engine, progress=progress,
    )  # fmt: skip
    picture, growth = next(pictures), 1
    while True:
        now_s = time.monotonic()
        # The next pass takes as many samples as all before it: the second as many as the first, the others twice the
        # last.
        if time_budget_s is not None and now_s + growth * (now_s - last_s) > began_s + time_budget_s:
            return picture
        last_s, growth = now_s, 2
        better = next(pictures, None)
        if better is None:
            return picture
        picture = better
