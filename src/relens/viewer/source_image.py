"""The source photo as the page compares with it: upright, in sRGB, at a level's size."""

import numpy as np

from relens.atomic import scratch_folder
from relens.errors import FileError
from relens.photo import read_photo, srgb_encode
from relens.photo.photo import Photo, SourceFile
from relens.viewer.colour_page import webp_of
from relens.viewer.levels import Levels


def source_webp(levels: Levels, level: int) -> bytes:
    """A lossy WebP file of the photo that the scene was lifted from.

    Raises FileError where the scene has none, or one that cannot be read; ValueRangeError for an unknown level.
    """
    import cv2

    k = levels.size(level).intrinsics
    source = levels.scene.source
    if source is None:
        raise FileError("source", "the scene holds no photo; lift it from one")
    linear = cv2.resize(_read(source).linear, (k.width_px, k.height_px), interpolation=cv2.INTER_AREA)
    return webp_of(np.rint(np.clip(srgb_encode(linear), 0, 1) * 255).astype(np.uint8))


def _read(source: SourceFile) -> Photo:
    with scratch_folder() as folder:
        file = folder / "source"
        file.write_bytes(source.data)
        try:
            return read_photo(file)
        except FileError as error:
            raise FileError(source.name, str(error).removeprefix(f"{file}: ")) from error
