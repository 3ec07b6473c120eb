"""relens stereo: a stereo pair through the lens."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.shot_options import ShotOptions


@dataclass(frozen=True)
class Stereo:
    """A stereo pair: two eyes beside the photo's place, each through the whole lens; over black where nothing is.

    Try:
      relens stereo portrait.heic -o spatial.heic --baseline 0.02
      relens stereo portrait.heic -o pair.png --baseline 0.03 --focus subject --f-number 2.8
      relens stereo me.relens -o glasses.jpg --kind anaglyph --baseline 0.02 --convergence 0.4m
    """

    source: Annotated[Positional[Path], arg(metavar="PHOTO|SCENE|MODEL")]
    """A photo, the folder that `relens lift` made, or a GLB, OBJ or PLY file."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="PICTURE")]
    """HEIC for headsets; else PNG, JPEG, TIFF, WebP or EXR."""
    kind: Annotated[
        Literal["side-by-side", "anaglyph", "spatial"] | None,
        arg(help_behavior_hint="(default: spatial for .heic, else side-by-side)"),
    ] = None
    """side-by-side: the left eye's on the left; anaglyph: for red and cyan glasses; spatial: a HEIC for headsets."""
    baseline: Annotated[float, arg(metavar="M")] = 0.063
    """Metres from eye to eye, the photo's place in the middle. Near things want less: a thirtieth of their distance."""
    focus: Annotated[str, arg(metavar="WHERE")] = "subject"
    """What is sharp: 1.2m, 120cm or 850mm from the camera; 1200,800 a pixel of the photo; subject; or inf."""
    convergence: Annotated[str | None, arg(metavar="WHERE", help_behavior_hint="(default: the focus)")] = None
    """What seems to stand in the plane of the picture; what is nearer stands before it. As --focus."""
    options: Annotated[ShotOptions, OmitArgPrefixes] = field(default_factory=ShotOptions)
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Photograph both eyes and write; print the lens read-outs."""
        from relens.cli.progress_bar import progress_bar
        from relens.cli.stereo_pair import take_pair

        with progress_bar(self.quiet) as progress:
            outcome = take_pair(self, progress)
        if not self.quiet:
            outcome.show()
