"""The work on one photo of a batch: depth, scene, picture."""

import math
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from relens.cli.batch_loaded import LoadedOptions
from relens.cli.batch_photos import BatchPhoto
from relens.cli.batch_plan import BatchPlan
from relens.cli.lift_photo import lift_photo
from relens.cli.subject import MOST_REACH_M, dolly_reach_m, focused, scene_subject
from relens.depth import Depth, fit_depth
from relens.depth.write import write_depth
from relens.farm.work import Work
from relens.matte.matte import find_matte
from relens.photo import Photo
from relens.progress import silent
from relens.render.aim import parse_aim
from relens.render.shoot import shoot
from relens.render.write_picture import write_picture
from relens.scene_folder import save_scene


class Made(NamedTuple):
    """What a step hands to the next, None from the last, and what the user should know about the photo."""

    thing: Any
    notes: tuple[str, ...]


def whole_work(plan: BatchPlan) -> Work:
    """All that is done to a photo, by one worker."""
    return {**depth_work(plan), **scene_work(plan)}


def depth_work(plan: BatchPlan) -> Work:
    """The depth alone, for a worker with a GPU."""
    return {"depth": _Darkroom(plan).measure}


def scene_work(plan: BatchPlan) -> Work:
    """What comes after the depth."""
    room = _Darkroom(plan)
    work: Work = {"write depth": room.keep_depth} if "depth" in plan.keep else {}
    if plan.keep != ("depth",):
        work = {**work, "lift": room.lift}
    return {**work, "shoot": room.shoot} if "shoot" in plan.keep else work


class _Darkroom:
    """One worker's: the plan, and what is kept loaded for it."""

    def __init__(self, plan: BatchPlan) -> None:
        # A worker starts wherever its cluster likes.
        os.chdir(plan.home)
        self._plan = plan
        self._options = LoadedOptions(**vars(plan.options.photo))
        self._focus = parse_aim(plan.focus)
        self._lens = plan.options.lens.focused(math.inf if self._focus.distance_m is None else self._focus.distance_m)
        self._read = lru_cache(maxsize=1)(self._options.read)

    def measure(self, photo: BatchPhoto, _made: None) -> Made:
        """The photo's depth."""
        path = Path(photo.path)
        depth = self._options.depth_of(self._read(path), path.stem)
        return Made(depth, depth.notes)

    def keep_depth(self, photo: BatchPhoto, made: Made) -> Made:
        """The depth in metres, on the photo's grid, into its file."""
        read = self._read(Path(photo.path))
        write_depth(self._path(photo, "depth"), fit_depth(made.thing, read, find_matte(read)))
        return made if self._plan.keep != ("depth",) else Made(None, made.notes)

    def lift(self, photo: BatchPhoto, made: Made) -> Made:
        """The scene, kept if that is wanted."""
        read = self._read(Path(photo.path))
        scene, notes = lift_photo(read, made.thing, self._options, self._reach_m(read, made.thing), silent)
        if "lift" in self._plan.keep:
            save_scene(scene, self._path(photo, "lift"))
        return Made(scene if "shoot" in self._plan.keep else None, notes)

    def shoot(self, photo: BatchPhoto, made: Made) -> Made:
        """The picture."""
        options = self._plan.options
        subject = scene_subject(made.thing, options)
        picture = shoot(
            subject.thing,
            focused(subject, self._focus, self._lens),
            camera=subject.camera,
            framing=options.camera.framing,
            samples=options.quality.samples,
            seed=options.quality.seed,
            engine=options.quality.engine,
        )
        write_picture(picture, self._path(photo, "shoot"))
        return Made(None, made.notes)

    def _path(self, photo: BatchPhoto, stage: str) -> Path:
        path = self._plan.output(photo, stage)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _reach_m(self, photo: Photo, depth: Depth) -> float:
        """As far as what is kept needs."""
        reach_m = self._plan.reach_m if "lift" in self._plan.keep else 0.0
        if "shoot" in self._plan.keep:
            camera = self._plan.options.camera
            shot_m = math.hypot(*camera.eye) + self._lens.pupil_diameter_m / 2
            if camera.framing == "subject":
                shot_m += dolly_reach_m(depth, photo.intrinsics, self._focus, self._lens)
            reach_m = max(reach_m, min(shot_m, MOST_REACH_M))
        return reach_m
