"""relens path: a camera move becomes a film."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.lens_options import LensOptions
from relens.cli.photo_options import PhotoOptions
from relens.cli.shot_options import QualityOptions

_SIZE = "(default: the photo's, up to 1920 on the long side of a video, 640 of GIF and WebP)"


@dataclass(frozen=True)
class StereoOptions:
    """A film for two eyes."""

    stereo: Annotated[Literal["side-by-side", "anaglyph"] | None, arg(help_behavior_hint="(default: one eye)")] = None
    """side-by-side: the left eye's picture on the left, full width each; anaglyph: for red and cyan glasses."""
    baseline: Annotated[float | None, arg(metavar="M", help_behavior_hint="(default: a 30th of --convergence)")] = None
    """Metres from eye to eye."""
    convergence: Annotated[str, arg(metavar="DIST|subject")] = "subject"
    """What lies on the screen, through the whole film: a distance from the camera, or the subject's from the photo."""


@dataclass(frozen=True)
class PathFilm:
    """Photograph a scene along a camera path: a film, an animation, or numbered pictures.

    A film that was stopped goes on where it was when the same command is given again.

    Try:
      relens path me.relens push-in -o film.mp4
      relens path me.relens rack-focus -o film.gif --preview
      relens path me.relens move.yaml -o film.mov --codec h265 --bit-depth 10 --size 1920x1080
      relens path me.relens camera_path.json -o film/####.exr
      relens path me.relens orbit -o move.yaml
    """

    source: Annotated[Positional[Path], arg(metavar="SCENE|PHOTO")]
    """The folder that `relens lift` made, or a photo."""
    path: Annotated[Positional[str], arg(metavar="PATH")]
    """A path of configs/paths by name, a YAML or JSON file like those, or nerfstudio's camera_path.json."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="OUT")]
    """.mp4 .mov .mkv .gif .webp; pictures film/####.png (.exr); or the path itself: .yaml, .json for nerfstudio, .py
    for Blender."""
    fps: Annotated[float | None, arg(metavar="N", help_behavior_hint="(default: the path's)")] = None
    """Frames a second."""
    size: Annotated[str | None, arg(metavar="WxH|WIDTH", help_behavior_hint=_SIZE)] = None
    """Of the frames, in pixels; another shape than the photo's is cut out of its middle."""
    focus: Annotated[str | None, arg(metavar="WHERE", help_behavior_hint="(default: the path's, else the subject)")] = (
        None
    )
    """What is sharp where the path does not say: 1.2m; 1200,800 a pixel of the photo; subject; or inf."""
    quality_of_frames: Annotated[QualityOptions, OmitArgPrefixes] = field(default_factory=QualityOptions)
    preview: bool = False
    """Quickly: 640 pixels wide and 16 samples, unless --size and --samples say otherwise."""
    shutter_deg: Annotated[float | None, arg(metavar="DEG", help_behavior_hint="(default: the path's)")] = None
    """How long each frame is exposed: 180 is half the time to the next, 0 a moment."""
    focus_lag: Annotated[float | None, arg(metavar="S", help_behavior_hint="(default: the path's)")] = None
    """How many seconds the focus lags behind a place that it follows."""
    codec: Annotated[Literal["h264", "h265"] | None, arg(help_behavior_hint="(default: h264)")] = None
    """For .mp4, .mov and .mkv."""
    bit_depth: Annotated[Literal[8, 10, 16, 32] | None, arg(help_behavior_hint="(default: 8; 16 for EXR)")] = None
    """8 or 10 of a video, 8 or 16 of PNG, 16 (half) or 32 of EXR."""
    quality: Annotated[float | None, arg(metavar="N", help_behavior_hint="(default: no loss that one sees)")] = None
    """Of a video: constant rate factor, 0 to 51, less is better. Of WebP: 0 to 100, more is better."""
    stereo: Annotated[StereoOptions, OmitArgPrefixes] = field(default_factory=StereoOptions)
    frames: Annotated[Path | None, arg(metavar="FOLDER", help_behavior_hint="(default: removed at the end)")] = None
    """Keep finished frames here, for the next film with the same ones."""
    ray: Annotated[str | None, arg(metavar="local|ADDRESS", help_behavior_hint="(default: this process)")] = None
    """Render on a Ray cluster: local, auto, or HOST:PORT of its head."""
    lens: Annotated[LensOptions, OmitArgPrefixes] = field(default_factory=LensOptions)
    photo: Annotated[PhotoOptions, OmitArgPrefixes] = field(default_factory=PhotoOptions)
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Photograph all frames and write; print what came out."""
        from relens.cli.path_film import make

        make(self)
