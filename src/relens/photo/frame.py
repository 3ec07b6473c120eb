"""Which part of what the camera took a photo still shows: photos are cropped, and what they carry often is not."""

from collections.abc import Sequence
from dataclasses import dataclass

from relens.photo.gdepth import gdepth_frame
from relens.photo.phone_maps import reference_size
from relens.photo.window import WHOLE, Window, same_aspect
from relens.photo.xmp import Xmp, xmp_number, xmp_text

_CROP = "{http://ns.adobe.com/camera-raw-settings/1.0/}"


@dataclass(frozen=True)
class Frame:
    """What the camera took, in the stored orientation and at the photo's pixel pitch.

    Attributes:
        width_px, height_px: its size.
        window: the part of it that the photo shows.
        note: for the user, where the window is a guess or unknown; empty where it is certain.
    """

    width_px: int
    height_px: int
    window: Window = WHOLE
    note: str = ""


def find_frame(
    width_px: int, height_px: int, window: Window, packets: Sequence[Xmp], recorded: tuple[float, float] | None = None
) -> Frame:
    """The frame of a stored picture of this size.

    window: what the decoder has cut out already; anything but the whole is the answer itself. Otherwise the packets say
    how large the frame was (the phone's matrix, GDepth), else the EXIF does (recorded, on its side where a program has
    turned the pixels). Where its aspect is not the photo's, the photo was cropped:

    1. as an Adobe program noted (crs:CropTop ... with crs:AlreadyApplied), where that fits;
    2. to a strip of the frame, at its pixel pitch and over its full width or height: from the middle, as cameras cut
       16:9 from 4:3, and the note says so;
    3. else in a way nobody knows: the window is the whole, and the note says that nothing of the frame fits it.

    A crop of the frame's own aspect cannot be told from a smaller copy, and is taken for one.
    """
    if window != WHOLE:
        return _framed(width_px, height_px, window)
    size = reference_size(list(packets)) or gdepth_frame(list(packets))
    if size is None and recorded is not None and not same_aspect(height_px, width_px, *recorded):
        size = recorded
    if size is None or same_aspect(width_px, height_px, *size):
        return Frame(width_px, height_px)
    sizes = f"{size[0]:g}x{size[1]:g}, of which this {width_px}x{height_px}"
    for xmp in packets:
        noted = _noted_crop(xmp)
        if noted is not None and same_aspect(width_px, height_px, size[0] * noted.width, size[1] * noted.height):
            return _framed(width_px, height_px, noted)
    if (width_px == size[0] and height_px < size[1]) or (height_px == size[1] and width_px < size[0]):
        part = width_px / size[0], height_px / size[1]
        middle = Window((1 - part[0]) / 2, (1 - part[1]) / 2, *part)
        note = f"the camera took {sizes} is taken to be the middle, as cameras cut 16:9 from 4:3"
        return _framed(width_px, height_px, middle, note)
    note = f"the camera took {sizes} is a crop nobody noted: what belongs to the whole frame is left out"
    return Frame(width_px, height_px, WHOLE, note)


def _framed(width_px: int, height_px: int, window: Window, note: str = "") -> Frame:
    size = max(1, round(width_px / window.width)), max(1, round(height_px / window.height))
    return Frame(*size, window, note)


def _noted_crop(xmp: Xmp) -> Window | None:
    """The crop that Adobe's programs note, where it has been carried out. Source: XMP part 2, Camera Raw namespace."""
    if any((xmp_text(xmp, _CROP + name) or "").lower() != "true" for name in ("HasCrop", "AlreadyApplied")):
        return None
    left, top, right, bottom = (xmp_number(xmp, f"{_CROP}Crop{side}") for side in ("Left", "Top", "Right", "Bottom"))
    if left is None or top is None or right is None or bottom is None or xmp_number(xmp, f"{_CROP}CropAngle"):
        return None
    return Window(left, top, right - left, bottom - top) if 0 <= left < right <= 1 and 0 <= top < bottom <= 1 else None
