"""relens depth: a photo's depth, as a file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.depth_options import DepthOptions


@dataclass(frozen=True)
class Depth:
    """Measure a photo's depth in metres and write it.

    Try:
      relens depth portrait.jpg -o depth.exr --preview depth.png
      relens depth portrait.heic -o depth.npz --backend portrait --uncertainty u.exr
      relens depth room.jpg -o room.exr --backend disparity.png --depth-kind disparity --near 0.8 --far 12
      relens depth --list
    """

    photo: Annotated[Positional[Path | None], arg(metavar="PHOTO", help_behavior_hint="(required, but for --list)")] = (
        None
    )
    """JPEG, PNG, TIFF, WebP, HEIC or EXR."""
    output: Annotated[Path | None, arg(aliases=["-o"], metavar="FILE", help_behavior_hint="(required)")] = None
    """EXR, NPZ, NPY, PFM or TIFF in metres (inf is sky), 16-bit PNG in millimetres."""
    depth_from: Annotated[DepthOptions, OmitArgPrefixes] = field(default_factory=DepthOptions)
    preview: Annotated[Path | None, arg(metavar="PICTURE", help_behavior_hint="(default: none)")] = None
    """Write the depth as a picture too, with a scale in metres."""
    uncertainty: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="(default: none)")] = None
    """Write how sure it is too: a standard deviation of log-depth (0.05 is 5 %), as EXR, NPZ, NPY, PFM or TIFF."""
    raw: bool = False
    """Write the map as the source made it, instead of at the photo's size with every edge on the photo's."""
    list: bool = False
    """Show which back-ends work here, under which licence, and why not."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Measure and write, or list the back-ends."""
        if self.list:
            from relens.explain.depth_backends import backend_table

            print(backend_table())
            return
        from relens.cli.measure_depth import measure
        from relens.cli.progress_bar import progress_bar

        with progress_bar(self.quiet) as progress:
            outcome = measure(self, progress)
        if not self.quiet:
            outcome.show()
