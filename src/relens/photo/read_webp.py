"""WebP."""

import io

from PIL import WebPImagePlugin

from relens.photo.exif import load_exif, orientation_of
from relens.photo.pillow_samples import pillow_samples
from relens.photo.stored import Stored, check_size, decoding, refuse_animation


def read_webp(path: object, data: bytes) -> Stored:
    """Decode a still WebP. Raises FileError."""
    with decoding(path, "WebP"):
        image = WebPImagePlugin.WebPImageFile(io.BytesIO(data))
        check_size(path, *image.size, len(data), len(image.getbands()))
        refuse_animation(path, image.n_frames)
        image.load()
    samples, alpha, space = pillow_samples(image, path, image.info.get("icc_profile"))
    exif = load_exif(image.info.get("exif", b""))
    return Stored("WebP", samples, space, alpha=alpha, exif=exif, orientation=orientation_of(exif))
