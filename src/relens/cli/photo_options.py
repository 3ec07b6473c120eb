"""The options for a photo that is to be lifted: its depth, its subject, its hidden parts and highlights."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import arg

from relens.cli.depth_options import DepthOptions
from relens.cli.matte_options import MatteOptions
from relens.errors import ValueRangeError

if TYPE_CHECKING:
    from relens.lift.inpainter import Inpainter
    from relens.photo import Photo


@dataclass(frozen=True)
class PhotoOptions(MatteOptions, DepthOptions):
    """How the photo is read, where its depth comes from, and what its subject is."""

    highlights: Annotated[str, arg(metavar="off|auto|STOPS")] = "off"
    """What to make of clipped highlights before the lens blurs them: nothing, an estimate of their light, or so many
    stops
    more."""
    inpainter: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="(default: none)")] = None
    """LaMa as TorchScript, to paint what is hidden instead of patches of the photo."""

    def check(self) -> None:
        """Every option, before the long work. Raises RelensError for what does not fit or is not here."""
        self.stops()
        self.request()
        self.matte_source()
        self.matte_refiner()
        self.load_inpainter()

    def refuse(self, expected: str) -> None:
        """Options of photos do nothing for other subjects, and say so: ValueRangeError for the first that is given."""
        for option in fields(self):
            if getattr(self, option.name) != option.default:
                raise ValueRangeError(option.name, getattr(self, option.name), expected)

    def load_inpainter(self) -> "Inpainter":
        """The inpainter, ready to paint. Raises FileError for a file that is none."""
        if self.inpainter is None:
            from relens.lift.inpaint import inpaint

            return inpaint
        from relens.lift.lama import load_lama

        return load_lama(self.inpainter)

    def stops(self) -> "str | float":
        """The value as the library takes it. Raises ValueRangeError for anything else."""
        if self.highlights in ("off", "auto"):
            return self.highlights
        try:
            return float(self.highlights)
        except ValueError:
            raise ValueRangeError("highlights", self.highlights, "off, auto or a number of stops") from None

    def read(self, photo: Path) -> "Photo":
        """The photo with the focal length of the options and its highlights recovered."""
        from relens.photo.highlights import recover_highlights

        return recover_highlights(super().read(photo), self.stops())
