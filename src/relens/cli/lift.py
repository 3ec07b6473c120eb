"""relens lift: a photo becomes a scene folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg


@dataclass(frozen=True)
class Lift:
    """Lift a photo into a scene: a folder of layers that can be edited and photographed.

    Try:
      relens lift portrait.heic -o me.relens
      relens lift room.jpg -o room.relens --depth room.npz --fx-px 2700
    """

    photo: Annotated[Positional[Path], arg(metavar="PHOTO")]
    """JPEG, PNG, TIFF, WebP, HEIC or EXR."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="SCENE")]
    """The scene folder; a scene of that name is replaced."""
    depth: Annotated[str, arg(metavar="auto|FILE")] = "auto"
    """The depth inside the photo, or a file: NPZ, NPY, EXR, PFM or TIFF in metres, 16-bit PNG in millimetres."""
    fx_px: Annotated[float | None, arg(metavar="PX", help_behavior_hint="(default: the photo's own)")] = None
    """Focal length in pixels of the whole photo."""
    reach_m: Annotated[float, arg(metavar="M")] = 0.07
    """How far to the side lenses and cameras will look behind things: pupil radius and camera move together."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Lift and save; print what came out."""
        from relens.cli.output import require_scene_path
        from relens.cli.progress_bar import progress_bar
        from relens.explain.facts import scene_line
        from relens.lift import lift
        from relens.photo import read_photo
        from relens.scene_folder import save_scene

        require_scene_path(self.output)
        with progress_bar(self.quiet) as progress:
            progress("read photo", 0.0)
            photo = read_photo(self.photo, fx_px=self.fx_px)
            scene = lift(photo, depth=self.depth, reach_m=self.reach_m, progress=progress)
            progress("save", 0.0)
            save_scene(scene, self.output)
        if not self.quiet:
            print(f"{self.output}: {scene_line(scene)}")
