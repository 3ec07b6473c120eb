"""Photographs: linear pixels, intrinsics, EXIF, ICC; every image format in and out."""

from relens.photo.photo import Capture, EmbeddedDepth, Photo, SourceFile

__all__ = ["Capture", "EmbeddedDepth", "Photo", "SourceFile"]
