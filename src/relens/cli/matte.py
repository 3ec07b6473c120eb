"""relens matte: a photo's subject, cut out."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.matte_options import MatteOptions

if TYPE_CHECKING:
    from relens.cli.outcome import Outcome
    from relens.progress import Progress


@dataclass(frozen=True)
class Matte:
    """Cut a photo's subject out: how much of each pixel it covers, and its own colours.

    Try:
      relens matte portrait.heic -o matte.png --foreground me.png
      relens matte room.jpg -o vase.png --click 1200,800 --depth room.npz
      relens matte group.jpg -o anna.png --box 300,200,900,1400
    """

    photo: Annotated[Positional[Path], arg(metavar="PHOTO")]
    """JPEG, PNG, TIFF, WebP, HEIC or EXR."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="FILE")]
    """PNG or TIFF at the photo's size, grey: white on the subject."""
    subject: Annotated[MatteOptions, OmitArgPrefixes] = field(default_factory=MatteOptions)
    depth: Annotated[
        str | None, arg(metavar="auto|BACKEND|FILE", help_behavior_hint="(default: the photo's own, where it has it)")
    ] = None
    """Depth to tell things apart by, as for `relens depth`."""
    foreground: Annotated[Path | None, arg(metavar="PICTURE", help_behavior_hint="(default: none)")] = None
    """Write the subject in its own colours on transparency too: PNG, TIFF, WebP or EXR."""
    bit_depth: Literal[8, 16] = 8
    """Bits of the matte."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Cut out and write; print what came out."""
        from relens.cli.progress_bar import progress_bar

        with progress_bar(self.quiet) as progress:
            outcome = self._cut(progress)
        if not self.quiet:
            outcome.show()

    def _cut(self, progress: "Progress") -> "Outcome":
        from relens.cli.outcome import Outcome
        from relens.depth import find_depth
        from relens.errors import RelensError
        from relens.matte.foreground import side_colours
        from relens.matte.mask_file import write_mask
        from relens.matte.matte import cut_out
        from relens.photo import read_photo, write_image

        source, refiner = self.subject.matte_source(), self.subject.matte_refiner()
        self._require_outputs()
        progress("read photo", 0.0)
        photo = read_photo(self.photo)
        depth = None if self.depth is None else find_depth(photo, self.depth, progress)
        found = cut_out(
            photo,
            source,
            inverse_depth=None if depth is None else depth.inverse_depth,
            depth_uncertainty=None if depth is None else depth.uncertainty,
            refiner=refiner,
            progress=progress,
        )
        if found.alpha is None:
            why = "; ".join(found.notes) or "no matte was asked for"
            raise RelensError(f"{self.photo}: {why}; use --click, --box or a mask file")
        progress("write", 0.0)
        write_mask(self.output, found.alpha, self.bit_depth)
        if self.foreground is not None:
            own = found.foreground if found.foreground is not None else side_colours(photo.linear, found.alpha)[0]
            write_image(self.foreground, own.clip(0) * found.alpha[..., None], found.alpha)
        between = float(((found.alpha > 0) & (found.alpha < 1)).mean())
        summary = (
            f"{self.output}: {photo.width_px} x {photo.height_px} px, subject {float(found.alpha.mean()):.1%}, "
            f"soft {between:.1%}, from {found.source}"
        )
        return Outcome(summary, (*photo.notes, *(() if depth is None else depth.notes), *found.notes))

    def _require_outputs(self) -> None:
        """Every name that is wrong is refused before the long work."""
        from relens.cli.output import require_picture_path
        from relens.errors import FileError
        from relens.matte.mask_file import require_mask_path

        require_mask_path(self.output)
        require_picture_path(self.output, source=self.photo)
        if self.foreground is not None:
            if self.foreground.absolute() == self.output.absolute():
                raise FileError(self.foreground, "is named twice; give each result a file of its own")
            require_picture_path(self.foreground, source=self.photo)
            if self.foreground.suffix.lower() in (".jpg", ".jpeg"):
                raise FileError(self.foreground, "cannot hold transparency; write .png, .webp, .tif or .exr")
