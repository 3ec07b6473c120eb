"""Text: lettering laid onto a surface, along its relief."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from jaxtyping import Float32

from relens.edit.decal import laid_on
from relens.edit.selection import Where, linear_colour
from relens.edit.surface_map import surface_at, texels_per_m
from relens.errors import FileError, ValueRangeError
from relens.ranges import positive
from relens.scene import Scene

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

# Letters are drawn so much finer than the surface's texels.
_PIXELS_PER_TEXEL = 2.0
# A font's size is measured at this many pixels, and letters are drawn no smaller than the least.
_MEASURED_PX, _LEAST_PX = 200, 8
# Larger lettering is drawn coarser, and read smoothly.
_MOST_PIXELS = 16_000_000
# From one baseline to the next, in sizes of the font.
_LINE = 1.2
# No font has a letter for it (Unicode, noncharacters), so that what is drawn stands for a missing one.
_NO_LETTER = "\uffff"


@dataclass(frozen=True)
class Text:
    """Letter a surface, so that the words follow the relief and stay there in every view.

    Attributes:
        text: the words, of one line or several; their lines are centred.
        at_px: column and row of the photo where their middle goes, on what the photo shows there.
        height_m: of a capital letter, along the surface.
        to: the letters' colour, "#rrggbb" in sRGB.
        font: a TrueType or OpenType file; without it a plain sans serif.
        turn_deg: how far they are turned, clockwise.
        opacity: 0 to 1; what is under the letters keeps the rest.
        shading: 0 to 1, how much of the surface's light and shade shows on the letters.
        where: where the letters may go.
    """

    text: str
    at_px: tuple[float, float]
    height_m: float
    to: str = "#000000"
    font: Path | None = None
    turn_deg: float = 0.0
    opacity: float = 1.0
    shading: float = 1.0
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The lettered scene.

        Raises ValueRangeError for text without letters and for letters that the font lacks, FileError for an unreadable
        font, and as `laid_on` does.
        """
        height_m = positive("height_m", self.height_m, "a height in metres, more than 0")
        colour = linear_colour(self.to, "to")
        surface = surface_at(scene, self.at_px, self.where)
        wanted_px = height_m * texels_per_m(scene, surface, self.at_px) * _PIXELS_PER_TEXEL
        coverage, capital_px = lettering(self.text, self.font, wanted_px)
        picture = np.dstack([coverage[..., None] * colour, coverage])
        width_m = height_m * coverage.shape[1] / capital_px
        return laid_on(scene, picture, self.at_px, width_m, self.turn_deg, self.opacity, self.shading, self.where)


def lettering(text: str, font: Path | None, capital_px: float) -> tuple[Float32[np.ndarray, "h w"], float]:
    """What letters cover, 0 to 1, around their middle, and how high a capital is in it; about as high as asked.

    Raises as `Text` does.
    """
    from PIL import Image, ImageDraw

    lines = text.splitlines()
    if not text.strip():
        raise ValueRangeError("text", repr(text), "at least one letter")
    measured = _font(font, _MEASURED_PX)
    _refuse_missing(text, measured)
    capital = -measured.getbbox("H", anchor="ls")[1] / _MEASURED_PX
    if capital <= 0:
        raise FileError(font, "has no capital H to measure; choose another font")
    wide = max(measured.getlength(line) for line in lines) / _MEASURED_PX
    size = max(capital_px / capital, _LEAST_PX)
    size_px = max(1, round(min(size, math.sqrt(_MOST_PIXELS / ((wide + 1) * (_LINE * len(lines) + 1))))))
    drawn = _font(font, size_px)
    # The middle is halfway from the first line's capitals to the last line's baseline.
    first = (capital - _LINE * (len(lines) - 1)) / 2 * size_px
    baselines = [first + _LINE * size_px * number for number in range(len(lines))]
    boxes = [drawn.getbbox(line, anchor="ms") for line in lines]
    across = max(max(-box[0], box[2]) for box in boxes)
    along = max(max(-(box[1] + at), box[3] + at) for box, at in zip(boxes, baselines, strict=True))
    half_x, half_y = math.ceil(across) + 1, math.ceil(along) + 1
    stencil = Image.new("L", (2 * half_x, 2 * half_y))
    draw = ImageDraw.Draw(stencil)
    for line, at in zip(lines, baselines, strict=True):
        draw.text((half_x, half_y + at), line, fill=255, font=drawn, anchor="ms")
    return np.asarray(stencil, np.float32) / 255, capital * size_px


def _font(path: Path | None, size_px: int) -> "FreeTypeFont":
    from PIL import ImageFont

    if path is None:
        return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size_px))
    if not path.is_file():
        raise FileError(path, "does not exist or is no file; expected a TrueType or OpenType font")
    try:
        return ImageFont.truetype(path, size_px)
    except OSError as error:
        raise FileError(path, f"is no font that can be read ({error}); expected TrueType or OpenType") from error


def _refuse_missing(text: str, font: "FreeTypeFont") -> None:
    """Letters that are drawn as what stands for a missing one are missing."""
    missing = _drawn(font, _NO_LETTER), _drawn(font, " ")
    for letter in dict.fromkeys("".join(text.splitlines())):
        if not letter.isspace() and _drawn(font, letter) in missing:
            raise ValueRangeError("text", repr(letter), "letters that the font has; choose another font")


def _drawn(font: "FreeTypeFont", letter: str) -> bytes:
    from PIL import Image, ImageDraw

    stencil = Image.new("L", (2 * _MEASURED_PX, 2 * _MEASURED_PX))
    ImageDraw.Draw(stencil).text((_MEASURED_PX / 2, 1.5 * _MEASURED_PX), letter, fill=255, font=font, anchor="ls")
    return stencil.tobytes()
