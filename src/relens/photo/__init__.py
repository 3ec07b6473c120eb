"""Photographs: linear pixels, intrinsics, EXIF, ICC; every image format in and out."""

from relens.photo.photo import Capture, EmbeddedDepth, Photo, SourceFile
from relens.photo.read import read_photo
from relens.photo.transfer import srgb_decode, srgb_encode
from relens.photo.write import write_image

__all__ = [
    "Capture",
    "EmbeddedDepth",
    "Photo",
    "SourceFile",
    "read_photo",
    "srgb_decode",
    "srgb_encode",
    "write_image",
]
