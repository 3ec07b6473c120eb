"""The options for a photo that is to be lifted: its depth, and its clipped highlights."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import arg

from relens.cli.depth_options import DepthOptions
from relens.errors import ValueRangeError

if TYPE_CHECKING:
    from relens.photo import Photo


@dataclass(frozen=True)
class PhotoOptions(DepthOptions):
    """How the photo is read, and where its depth comes from."""

    highlights: Annotated[str, arg(metavar="off|auto|STOPS")] = "off"
    """What to make of clipped highlights before the lens blurs them: nothing, an estimate of their light, or so many
    stops
    more."""

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
