"""Photographs: linear pixels, intrinsics, EXIF, ICC; every image format in and out."""

from relens.photo.lens_distortion import LensDistortion
from relens.photo.photo import Capture, EmbeddedDepth, Photo, SourceFile
from relens.photo.read import read_photo
from relens.photo.rectify import rectified
from relens.photo.transfer import srgb_decode, srgb_encode
from relens.photo.write import write_image

__all__ = [
    "Capture",
    "EmbeddedDepth",
    "LensDistortion",
    "Photo",
    "SourceFile",
    "read_photo",
    "rectified",
    "srgb_decode",
    "srgb_encode",
    "write_image",
]
