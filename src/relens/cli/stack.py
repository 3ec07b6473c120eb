"""relens stack: the same picture at many focus distances."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.shot_options import ShotOptions


@dataclass(frozen=True)
class Stack:
    """A focal stack: pictures focused from near to far, into a folder.

    Try:
      relens stack portrait.heic -o stack --from 0.3m --to 2m --count 12 --f-number 2
      relens stack me.relens -o stack --f-number 2.8
    """

    source: Annotated[Positional[Path], arg(metavar="PHOTO|SCENE|MODEL")]
    """A photo, the folder that `relens lift` made, or a GLB, OBJ or PLY file."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="FOLDER")]
    """A new folder for focus-000.png, focus-001.png, ... and series.json, which names the distance of each."""
    focus_from: Annotated[str | None, arg(name="from", metavar="DIST", help_behavior_hint="(default: nearest)")] = None
    """Where the stack begins, e.g. 0.3m."""
    focus_to: Annotated[str | None, arg(name="to", metavar="DIST", help_behavior_hint="(default: farthest)")] = None
    """Where it ends, e.g. 2m or inf."""
    count: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: no gaps)")] = None
    """How many pictures, evenly spaced in inverse distance; by default so many that sharpness has no gaps."""
    options: Annotated[ShotOptions, OmitArgPrefixes] = field(default_factory=ShotOptions)
    format: Annotated[str, arg(metavar="SUFFIX")] = "png"
    """png, jpg, tif, webp or exr."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Photograph and write."""
        from relens.cli.series import focal_stack_of, run_series

        run_series(focal_stack_of, self, self.quiet)
