"""Posed photos of a data set, read, checked and given priors."""

from relens.multiview.photos.read_photos import read_photos
from relens.multiview.photos.request import PhotoRequest

__all__ = ["PhotoRequest", "read_photos"]
