"""relens lift: a photo, or a model seen from one camera, becomes a scene folder."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.photo_options import PhotoOptions
from relens.errors import ValueRangeError

if TYPE_CHECKING:
    from relens.progress import Progress
    from relens.scene import Scene


@dataclass(frozen=True)
class Lift:
    """Lift a photo or a 3D model into a scene: a folder of layers that can be edited and photographed.

    Try:
      relens lift portrait.heic -o me.relens
      relens lift room.jpg -o room.relens --depth room.npz --fx-px 2700
      relens lift me.jpg -o me.relens --click 1200,1800
      relens lift splats.ply -o splats.relens
    """

    photo: Annotated[Positional[Path], arg(metavar="PHOTO|MODEL|FIT")]
    """JPEG, PNG, TIFF, WebP, HEIC or EXR; a GLB, OBJ or PLY file, mesh or Gaussian splats; or a fit (`relens fit`)."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="SCENE")]
    """The scene folder; a scene of that name is replaced."""
    depth_from: Annotated[PhotoOptions, OmitArgPrefixes] = field(default_factory=PhotoOptions)
    reach_m: Annotated[float, arg(metavar="M")] = 0.07
    """How far to the side lenses and cameras will look behind things: pupil radius and camera move together."""
    size: Annotated[int | None, arg(metavar="WIDTH", help_behavior_hint="(default: its camera's, or 1200)")] = None
    """For a model: the width of the picture that becomes the scene, in pixels."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Lift and save; print what came out."""
        from relens.cli.captured import captured, has_own_depth
        from relens.cli.keep_look import keep_look_of
        from relens.cli.outcome import Outcome
        from relens.cli.output import require_scene_path
        from relens.cli.progress_bar import progress_bar
        from relens.explain.facts import scene_line
        from relens.scene_folder import save_scene

        require_scene_path(self.output)
        with progress_bar(self.quiet) as progress:
            if has_own_depth(self.photo):
                self.depth_from.refuse("none: a model has its own")
                scene, notes = captured(self.photo, self.size, self.reach_m, progress)
            else:
                scene, notes = self._lifted(progress)
            progress("save", 0.0)
            save_scene(scene, self.output)
            keep_look_of(scene, self.output)
        if not self.quiet:
            Outcome(f"{self.output}: {scene_line(scene)}", notes).show()

    def _lifted(self, progress: "Progress") -> "tuple[Scene, tuple[str, ...]]":
        from relens.cli.lift_photo import lift_photo
        from relens.depth import find_depth

        if self.size is not None:
            raise ValueRangeError("size_px", self.size, "none: a photo is lifted as large as it is")
        self.depth_from.check()
        progress("read photo", 0.0)
        photo = self.depth_from.read(self.photo)
        depth = find_depth(photo, self.depth_from.request(), progress)
        return lift_photo(photo, depth, self.depth_from, self.reach_m, progress)
