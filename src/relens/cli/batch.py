"""relens batch: many photos, on one machine or many."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.shot_options import ShotOptions


@dataclass(frozen=True)
class Batch:
    """Lift and photograph many photos; one that is broken stops no other, and what was stopped goes on where it was.

    Try:
      relens batch holiday -o out --do lift,shoot --focus subject --f-number 1.4
      relens batch 'in/*.heic' more.jpg -o out --ray local
      relens batch @list.txt -o /shared/out --do depth,lift --ray 10.0.0.1:6379

    FOLDER/batch.jsonl has a line for every photo: done or failed and why, seconds, results. Said again, the same
    command skips what is done and tries the rest. On a cluster, photos and FOLDER lie where all its machines see them.
    """

    photos: Annotated[Positional[tuple[str, ...]], arg(metavar="PHOTOS")]
    """Files, folders (with all photos below, whose results lie in folders of the same names), patterns in quotes, or
    @FILE with a name a line."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="FOLDER")]
    """For the results, named after their photos: NAME.relens, NAME.png, NAME-depth.exr."""
    do: Annotated[str, arg(metavar="STAGES")] = "lift,shoot"
    """What to keep of each photo: some of depth, lift and shoot, with commas in between."""
    ray: Annotated[
        str | None, arg(metavar="local|ADDRESS", help_behavior_hint="(default: this process, one by one)")
    ] = None
    """Spread the work: over the cores of this machine, or over a Ray cluster (auto, or HOST:PORT of its head)."""
    workers: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: as cores and memory allow)")] = None
    """With --ray: at most so many photos at a time; fewer leave more memory for each."""
    focus: Annotated[str, arg(metavar="WHERE")] = "subject"
    """What is sharp: 1.2m, 120cm or 850mm from the camera; 1200,800 a pixel of the photos; subject; or inf."""
    options: Annotated[ShotOptions, OmitArgPrefixes] = field(default_factory=ShotOptions)
    reach_m: Annotated[float, arg(metavar="M")] = 0.07
    """How far to the side lenses and cameras will look behind things in kept scenes."""
    format: Literal["png", "jpg", "tif", "webp", "exr"] = "png"
    """Of the pictures."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Work through the photos; list what failed."""
        from relens.cli.batch_run import run_batch

        run_batch(self)
