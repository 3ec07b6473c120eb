"""relens shoot: a photo, a scene or a model through another lens."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.shot_options import ShotOptions


@dataclass(frozen=True)
class NerfstudioOptions:
    """A model that nerfstudio has trained, instead of a photo."""

    nerfstudio: Annotated[Path | None, arg(metavar="CONFIG.yml", help_behavior_hint="(default: none)")] = None
    """The config.yml of a model that `ns-train` made: its field is asked along lens rays. Such a file is a program of
    its own; open only those that you trust."""
    camera_path: Annotated[Path | None, arg(metavar="PATH.json", help_behavior_hint="(default: none)")] = None
    """The camera_path.json that it is photographed along; a PICTURE is its first frame, a film (.mp4, frames/####.png)
    all of them."""


@dataclass(frozen=True)
class Shoot:
    """Photograph a photo, a scene folder, a 3D model or a trained field with another lens, from its place or beside it.

    Try:
      relens shoot portrait.heic -o face.png --focus subject --focal-length 85 --f-number 1.4
      relens shoot portrait.heic -o wall.png --focus 1.8m --lens 50mm-f1.8-5blade
      relens shoot portrait.heic -o studio.png --framing subject --focal-length 135 --f-number 2
      relens shoot me.relens -o beside.exr --focus 1158,1400 --eye 0.04 0 0 --also coc error
      relens shoot bust.glb -o bust.png --f-number 1.2 --size 1600
      relens shoot --nerfstudio outputs/poster/config.yml --camera-path path.json -o poster.mp4 --focus 0.8m
    """

    source: Annotated[
        Positional[Path | None], arg(metavar="PHOTO|SCENE|MODEL|FIT", help_behavior_hint="(or --nerfstudio)")
    ] = None
    """A photo, the folder that `relens lift` or `relens fit` made, or a GLB, OBJ or PLY file."""
    trained: Annotated[NerfstudioOptions, OmitArgPrefixes] = field(default_factory=NerfstudioOptions)
    output: Annotated[Path, arg(aliases=["-o"], metavar="PICTURE")] = field(kw_only=True)
    """PNG, JPEG, TIFF, WebP or EXR (EXR holds the depth too)."""
    focus: Annotated[str, arg(metavar="WHERE")] = "subject"
    """What is sharp: 1.2m, 120cm or 850mm from the camera; 1200,800 a pixel of the photo; subject; or inf."""
    options: Annotated[ShotOptions, OmitArgPrefixes] = field(default_factory=ShotOptions)
    time_budget: Annotated[float | None, arg(metavar="S", help_behavior_hint="(default: none)")] = None
    """Take lens samples until this many seconds of rendering are up, instead of a fixed number."""
    noise: Annotated[float | None, arg(metavar="X", help_behavior_hint="(default: none)")] = None
    """Take lens samples until the standard error of every pixel's linear light is at most this; 0.002 is clean."""
    also: tuple[Literal["depth", "coc", "alpha", "focus", "samples", "error"], ...] = ()
    """More of what is known of each pixel: channels of the EXR, or of PICTURE-data.exr beside another format."""
    bit_depth: Annotated[Literal[8, 16, 32] | None, arg(help_behavior_hint="(default: 8; 16 for EXR)")] = None
    """Bits a channel; 32 for EXR and TIFF."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Photograph and write; print the lens read-outs."""
        from relens.cli.progress_bar import progress_bar

        if self.trained.nerfstudio is not None or self.trained.camera_path is not None:
            from relens.cli.nerfstudio_shot import take
        else:
            from relens.cli.shot import take
        with progress_bar(self.quiet) as progress:
            outcome = take(self, progress)
        if not self.quiet:
            outcome.show()
