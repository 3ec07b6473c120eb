"""relens lift: a photo becomes a scene folder."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.photo_options import PhotoOptions


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
    depth_from: Annotated[PhotoOptions, OmitArgPrefixes] = field(default_factory=PhotoOptions)
    reach_m: Annotated[float, arg(metavar="M")] = 0.07
    """How far to the side lenses and cameras will look behind things: pupil radius and camera move together."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Lift and save; print what came out."""
        from relens.cli.outcome import Outcome
        from relens.cli.output import require_scene_path
        from relens.cli.progress_bar import progress_bar
        from relens.depth import find_depth
        from relens.explain.facts import scene_line
        from relens.lift import lift
        from relens.scene_folder import save_scene

        request = self.depth_from.request()
        require_scene_path(self.output)
        with progress_bar(self.quiet) as progress:
            progress("read photo", 0.0)
            photo = self.depth_from.read(self.photo)
            depth = find_depth(photo, request, progress)
            scene = lift(photo, depth=depth, reach_m=self.reach_m, progress=progress)
            progress("save", 0.0)
            save_scene(scene, self.output)
        if not self.quiet:
            Outcome(f"{self.output}: {scene_line(scene)}", (*photo.notes, *depth.notes)).show()
