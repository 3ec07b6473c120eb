"""The options that say what a photo's subject is, shared by the commands that cut it out."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import arg

from relens.errors import ValueRangeError

if TYPE_CHECKING:
    from relens.matte.matte import MatteSource
    from relens.matte.refiner import Refiner


@dataclass(frozen=True)
class MatteOptions:
    """What the subject is."""

    matte: Annotated[str, arg(metavar="auto|phone|people|none|FILE")] = "auto"
    """The subject's matte: auto (the phone's own; without one `relens matte` looks for people, and lifting goes by
    depth alone), one of these by name, or a mask file: white on the subject, or transparency (PNG, TIFF, JPEG or WebP
    of the photo's aspect)."""
    click: Annotated[str | None, arg(metavar="X,Y", help_behavior_hint="(default: none)")] = None
    """Instead of --matte: a pixel of the photo on the subject, which is found from there by depth and colour."""
    box: Annotated[str | None, arg(metavar="X0,Y0,X1,Y1", help_behavior_hint="(default: none)")] = None
    """Instead of --matte: a box around the whole subject, by its left top and right bottom corners."""
    refiner: Literal["none", "vitmatte"] = "none"
    """A network for hair and soft edges (`relens models fetch vitmatte`)."""
    refiner_weights: Annotated[
        Path | None, arg(metavar="DIR", help_behavior_hint="(default: `relens models list`)")
    ] = None
    """For --refiner vitmatte: the folder with its weights."""

    def matte_source(self) -> "MatteSource":
        """The options as the library takes them. Raises ValueRangeError for what does not go together."""
        from relens.matte.select import Box, Click

        given = [name for name in ("click", "box") if getattr(self, name) is not None]
        if self.matte != "auto":
            given.append("matte")
        if len(given) > 1:
            raise ValueRangeError(given[0], getattr(self, given[0]), f"none beside --{given[1]}: give one of them")
        if self.click is not None:
            return Click(*_numbers("click", self.click, 2, "a pixel of the photo: 1200,800"))
        if self.box is not None:
            return Box(*_numbers("box", self.box, 4, "left, top, right and bottom in pixels: 300,200,900,1400"))
        return self.matte

    def matte_refiner(self) -> "Refiner | None":
        """The learned refiner, ready to load its weights. Raises RelensError without them."""
        if self.refiner == "none":
            if self.refiner_weights is not None:
                raise ValueRangeError("refiner_weights", self.refiner_weights, "none: they are for --refiner vitmatte")
            return None
        from relens.matte.vitmatte import ViTMatte

        return ViTMatte(self.refiner_weights)


def _numbers(name: str, text: str, count: int, expected: str) -> list[float]:
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(abs(number) < 1e9 for number in numbers):
        raise ValueRangeError(name, text, expected)
    return numbers
