"""relens fit: many posed photos become one scene."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import Positional, arg

# What of the fit can be left out, to see what it is for.
Part = Literal["priors", "uncertainty", "guided-rays", "smoothness-mask", "bias-correction"]


@dataclass(frozen=True)
class Fit:
    """Fit many posed photos: a surface and one canonical page, and a scene of layers seen from the reference photo.

    Writes SCENE for every other command, and beside it the fit itself, with the suffix .fit: a glTF model that any
    viewer opens, and its page, a PNG; what is painted there shows in all views, without a new fit. A fit that is
    stopped goes on where it was.

    Try:
      relens fit photos/transforms.json -o room.relens
      relens fit colmap-project -o statue.relens --depth depth-pro
      relens shoot room.fit -o room.png --f-number 1.4
      relens lift room.fit -o room.relens
    """

    dataset: Annotated[Positional[Path], arg(metavar="DATASET")]
    """A transforms.json or its folder (nerfstudio, Blender), or a COLMAP project with images and sparse/0."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="SCENE")]
    """The scene folder; a scene of that name is replaced, and so is its fit."""
    depth: Annotated[str, arg(metavar="files|none|auto|BACKEND")] = "files"
    """What helps where photos show no texture: the data set's depth files where it has some, nothing, or a depth
    back-end (`relens depth --list`)."""
    longest: Annotated[int | None, arg(metavar="PX", help_behavior_hint="(default: 400; on a GPU 1600)")] = None
    """Photos are reduced until their longest side has at most so many pixels."""
    steps: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: by the photos' size)")] = None
    """Steps of the surface fit."""
    camera: Literal["auto", "perspective", "panorama", "object"] = "auto"
    """The canonical page's camera: as the photos' cameras stand; a wide photo; a panorama; or an object unrolled."""
    box: Annotated[
        tuple[float, float, float, float, float, float] | None,
        arg(metavar="X Y Z X Y Z", help_behavior_hint="(default: what the photos share)"),
    ] = None
    """What is to be fitted: least and greatest corner in the reference photo's frame, metres."""
    reference: Annotated[str | None, arg(metavar="NAME", help_behavior_hint="(default: the most central)")] = None
    """The photo whose camera the scene is seen from."""
    hold_out: Annotated[int, arg(metavar="N")] = 0
    """Keep every Nth photo out of the fit and compare with it; 0 keeps only those that the data set names as tests."""
    without: Annotated[tuple[Part, ...], arg(help_behavior_hint="(default: nothing)")] = ()
    """Parts of the surface fit to leave out, to see what they are for."""
    allow_wrong_poses: bool = False
    """Go on with poses that the photos contradict."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where it is computed; auto takes a GPU where there is one."""
    seed: Annotated[int, arg(metavar="N")] = 0
    """Of everything random; the same seed gives the same fit on a CPU."""
    reach_m: Annotated[float, arg(metavar="M")] = 0.07
    """How far to the side lenses and cameras will look behind things in SCENE."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Fit and save; print what came out."""
        from relens.cli.fit_run import make
        from relens.cli.progress_bar import progress_bar

        with progress_bar(self.quiet) as progress:
            outcome = make(self, progress)
        if not self.quiet:
            outcome.show()
