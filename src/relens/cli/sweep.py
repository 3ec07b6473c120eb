"""relens sweep: the same picture at many apertures."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.shot_options import ShotOptions


@dataclass(frozen=True)
class Sweep:
    """An aperture sweep: pictures from wide open to stopped down, of the same light, into a folder.

    Try:
      relens sweep portrait.heic -o sweep --f-numbers 1.4 2 2.8 4 5.6 8 --focus subject
    """

    source: Annotated[Positional[Path], arg(metavar="PHOTO|SCENE|MODEL")]
    """A photo, the folder that `relens lift` made, or a GLB, OBJ or PLY file."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="FOLDER")]
    """A new folder for f1.4.png, f2.png, ... and series.json."""
    f_numbers: Annotated[tuple[float, ...], arg(metavar="N")] = (1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
    """The f-numbers, each a picture."""
    focus: Annotated[str, arg(metavar="WHERE")] = "subject"
    """What is sharp: 1.2m, 120cm or 850mm from the camera; 1200,800 a pixel of the photo; subject; or inf."""
    options: Annotated[ShotOptions, OmitArgPrefixes] = field(default_factory=ShotOptions)
    format: Annotated[str, arg(metavar="SUFFIX")] = "png"
    """png, jpg, tif, webp or exr."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Photograph and write."""
        from relens.cli.series import aperture_sweep_of, run_series

        run_series(aperture_sweep_of, self, self.quiet)
