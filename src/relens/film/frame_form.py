"""FrameForm: how a finished frame is kept, and its way to bytes and back."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32

from relens.atomic import scratch_folder
from relens.errors import ValueRangeError
from relens.film.codes import codes_of
from relens.photo.png_codes import png_of_codes
from relens.photo.writable import Writable
from relens.photo.write_exr import write_exr

_SRGB_CHUNK = (b"sRGB", b"\0")
_BIT_DEPTHS = {"png": (8, 16), "exr": (16, 32)}


@dataclass(frozen=True)
class FrameForm:
    """Lossless, so that a film made of kept frames is the film made in one go, bit by bit.

    Attributes:
        kind: sRGB codes as a PNG, or linear light as an EXR.
        bit_depth: 8 or 16 of a PNG; 16 (half) or 32 of an EXR.

    Raises ValueRangeError for what neither has.
    """

    kind: Literal["png", "exr"] = "png"
    bit_depth: int = 8

    def __post_init__(self) -> None:
        if self.kind not in _BIT_DEPTHS:
            raise ValueRangeError("frame", repr(self.kind), f"one of {', '.join(_BIT_DEPTHS)}")
        if self.bit_depth not in _BIT_DEPTHS[self.kind]:
            allowed = " or ".join(str(bits) for bits in _BIT_DEPTHS[self.kind])
            raise ValueRangeError("bit_depth", self.bit_depth, f"{allowed} for .{self.kind}")

    @property
    def suffix(self) -> str:
        """Of its files."""
        return f".{self.kind}"

    def pixels(self, linear: Float32[np.ndarray, "h w 3"]) -> np.ndarray:
        """What is kept of linear light: codes, or the light itself; an array of its own."""
        return codes_of(linear, self.bit_depth) if self.kind == "png" else np.array(linear, order="C")

    def packed(self, pixels: np.ndarray) -> bytes:
        """A file's content. Raises FileError where an EXR finds no room among the temporary files."""
        if self.kind == "png":
            return b"".join(png_of_codes(pixels, [_SRGB_CHUNK]))
        with scratch_folder() as folder:
            path = folder / "frame.exr"
            write_exr(path, Writable(pixels, None, self.bit_depth, b"", {}))
            return path.read_bytes()

    def unpacked(self, content: bytes) -> np.ndarray:
        """The codes in a PNG."""
        import cv2

        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
        assert pixels is not None and self.kind == "png"
        return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def encoded_frame(linear: Float32[np.ndarray, "h w 3"], form: FrameForm) -> bytes:
    """Linear light as the content of a file."""
    return form.packed(form.pixels(linear))
