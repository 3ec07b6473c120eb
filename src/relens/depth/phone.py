"""Depth that a phone stored inside the photo."""

from relens.depth.depth import Depth
from relens.errors import RelensError
from relens.photo import Photo


def phone_depth(photo: Photo) -> Depth:
    """The metric depth inside a phone portrait, at its own resolution (1/m).

    Raises RelensError when the photo carries none, or one without a metric scale.
    """
    name = photo.file.name if photo.file else "photo"
    embedded = photo.embedded_depth
    ways_on = "pass a depth file (NPZ, NPY, EXR, PFM, TIFF, 16-bit PNG) or an (h, w) array of metres as depth"
    if embedded is None:
        raise RelensError(f"{name}: holds no depth; {ways_on}, or use a phone portrait that carries depth")
    if embedded.accuracy != "absolute":
        raise RelensError(f"{name}: the depth inside is relative, without a scale in metres; {ways_on}")
    return Depth(embedded.inverse_depth, "phone")
