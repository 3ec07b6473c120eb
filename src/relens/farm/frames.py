"""The frames of a film, rendered by workers: the very frames that one machine would make."""

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from relens.camera import Camera
from relens.errors import RelensError
from relens.farm.cluster import Cluster
from relens.farm.crew import Crew, Share
from relens.farm.spread import spread
from relens.farm.work import Work
from relens.film.frame import Recipe, render_frame
from relens.film.frame_form import encoded_frame
from relens.film.frame_source import FrameSource
from relens.path.shot import Shot
from relens.progress import Progress
from relens.render.choose import open_engine
from relens.render.cpu import CpuEngine
from relens.render.engine import Engine
from relens.render.tiled import level_of


def frames_on(on: Cluster) -> FrameSource:
    """Who renders a film (`relens.film.film`) on a cluster.

    A CPU engine travels with its atlas, once: the workers of a machine, one a core, share what lies in the object
    store. Of another engine only what it photographs does: every worker opens its own, on a GPU of its own where it is
    "cuda".

    What it yields raises RelensError for the first frame that fails, and where workers cannot start.
    """

    def render(
        engine: Engine, shots: Sequence[Shot], recipe: Recipe, progress: Progress
    ) -> Generator[tuple[int, bytes], None, None]:
        if not shots:
            return
        on_gpus = engine.name == "cuda"
        crew = Crew(
            photographer, in_store(engine, shots), engine.name, recipe,
            count=min(len(shots), on.gpus if on_gpus else on.cores), share=Share(gpus=1 if on_gpus else 0),
        )  # fmt: skip
        with closing(spread(enumerate(shots), [crew])) as all_ended:
            for done, ended in enumerate(all_ended):
                progress("render", (done + 1) / len(shots))
                if ended.error is not None:
                    raise RelensError(f"frame at {ended.item[1].time_s:g} s: {ended.error}")
                yield ended.item[0], ended.value

    return render


def in_store(engine: Engine, shots: Sequence[Shot]) -> Any:
    """A reference to a CPU engine, or to what another engine photographs."""
    import ray

    if not isinstance(engine, CpuEngine):
        return ray.put(getattr(engine, "mesh" if engine.name == "mesh" else "scene"))
    # It looks through cameras of every size that it will be asked for, so that no worker has to build an atlas.
    for camera in {level_of(engine.scene, shot.camera): shot.camera for shot in shots}.values():
        engine.pinhole_depth_m(camera if isinstance(camera, Camera) else camera.middle)
    return ray.put(engine)


def photographer(subject: Any, engine: str, recipe: Recipe) -> Work:
    """What a worker does to (place, shot): the content of the frame's file."""
    opened = subject if isinstance(subject, CpuEngine) else open_engine(subject, engine)

    def render(item: tuple[int, Shot], _made: None) -> bytes:
        frame = render_frame(opened, item[1], recipe.samples, recipe.seed, recipe.stereo)
        return encoded_frame(frame, recipe.form)

    return {"frame": render}
