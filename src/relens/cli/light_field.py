"""relens light-field: the scene from a grid of places."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.shot_options import ShotOptions


@dataclass(frozen=True)
class LightField:
    """A light field: N x N sharp views from a square grid of places, into a folder.

    Try:
      relens light-field portrait.heic -o field --grid 5 --baseline 0.01 --focus subject
    """

    source: Annotated[Positional[Path], arg(metavar="PHOTO|SCENE|MODEL")]
    """A photo, the folder that `relens lift` made, or a GLB, OBJ or PLY file."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="FOLDER")]
    """A new folder for view-00-00.png (row, column from the upper left), ... and series.json."""
    grid: Annotated[int, arg(metavar="N")] = 5
    """Views to a side, 1 to 31."""
    baseline: Annotated[float, arg(metavar="M")] = 0.01
    """Metres from one view to the next."""
    focus: Annotated[str, arg(metavar="WHERE")] = "subject"
    """What keeps its place in all views: 1.2m; 1200,800 a pixel of the photo; subject; or inf."""
    options: Annotated[ShotOptions, OmitArgPrefixes] = field(default_factory=ShotOptions)
    format: Annotated[str, arg(metavar="SUFFIX")] = "png"
    """png, jpg, tif, webp or exr."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Photograph and write."""
        from relens.cli.series import light_field_of, run_series

        run_series(light_field_of, self, self.quiet)
