"""relens shoot: a photo or a scene through another lens."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.depth_options import DepthOptions

_FROM_LENS = "(default: the lens's)"


@dataclass(frozen=True)
class Shoot:
    """Photograph a photo or a scene folder with another lens, from its place or beside it.

    Try:
      relens shoot portrait.heic -o face.png --focus subject --focal-length 85 --f-number 1.4
      relens shoot portrait.heic -o wall.png --focus 1.8m --lens 50mm-f1.8-5blade
      relens shoot me.relens -o beside.exr --focus 1158,1400 --eye 0.04 0 0
    """

    source: Annotated[Positional[Path], arg(metavar="PHOTO|SCENE")]
    """A photo with depth, or the folder that `relens lift` made."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="PICTURE")]
    """PNG, JPEG, TIFF, WebP or EXR (EXR holds the depth too)."""
    focus: Annotated[str, arg(metavar="WHERE")] = "subject"
    """What is sharp: 1.2m, 120cm or 850mm from the camera; 1200,800 a pixel of the photo; subject; or inf."""
    lens: Annotated[str | None, arg(metavar="PRESET", help_behavior_hint="(default: a disc, 85 mm f/1.4)")] = None
    """A lens of configs/lenses by name, or a YAML file like those; the flags below override it."""
    focal_length_mm: Annotated[float | None, arg(name="focal-length", metavar="MM", help_behavior_hint=_FROM_LENS)] = (
        None
    )
    """With the f-number it makes the entrance pupil; the field of view stays the photo's."""
    f_number: Annotated[float | None, arg(metavar="N", help_behavior_hint=_FROM_LENS)] = None
    """Relative aperture, 0.5 to 128."""
    blades: Annotated[int | None, arg(metavar="N", help_behavior_hint=_FROM_LENS)] = None
    """Aperture blades, 3 to 16; 0 is a disc."""
    blade_rotation_deg: Annotated[float | None, arg(metavar="DEG", help_behavior_hint=_FROM_LENS)] = None
    """Turns the blades clockwise; with 0 a corner points right."""
    blade_curvature: Annotated[float | None, arg(metavar="0..1", help_behavior_hint=_FROM_LENS)] = None
    """0 for straight blades, 1 for round ones."""
    squeeze: Annotated[float | None, arg(metavar="X", help_behavior_hint=_FROM_LENS)] = None
    """Anamorphic squeeze: the pupil is this many times taller than wide."""
    eye: Annotated[tuple[float, float, float], arg(metavar="X Y Z")] = (0.0, 0.0, 0.0)
    """Where the camera stands, metres right, down and forward of the photo's."""
    samples: Annotated[int, arg(metavar="N")] = 64
    """Most lens samples a pixel."""
    seed: Annotated[int, arg(metavar="N")] = 0
    """Turns the sample pattern; the same seed gives the same picture."""
    size: Annotated[int | None, arg(metavar="WIDTH", help_behavior_hint="(default: the photo's)")] = None
    """Width of the picture in pixels, at most the photo's."""
    device: Literal["auto", "cpu", "reference"] = "auto"
    """The compiled engine on the CPU, or the slow one that anyone can check."""
    depth_from: Annotated[DepthOptions, OmitArgPrefixes] = field(default_factory=DepthOptions)
    bit_depth: Annotated[Literal[8, 16, 32] | None, arg(help_behavior_hint="(default: 8; 16 for EXR)")] = None
    """Bits a channel; 32 for EXR and TIFF."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Photograph and write; print the lens read-outs."""
        from relens.cli.progress_bar import progress_bar
        from relens.cli.shot import take

        with progress_bar(self.quiet) as progress:
            outcome = take(self, progress)
        if not self.quiet:
            outcome.show()
