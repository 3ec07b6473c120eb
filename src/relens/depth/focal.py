"""The focal length a photo's depth is measured with: the most trusted source, and what the others say against it."""

from dataclasses import replace

from relens.camera import Intrinsics
from relens.photo import Photo

# Relative difference of two focal lengths from which one of them must be wrong.
_CONFLICT = 0.10


def choose_focal(photo: Photo, network_fx_px: float | None = None) -> tuple[Intrinsics, tuple[str, ...]]:
    """The photo's intrinsics by the best source, and a line for each other source that differs by over 10 %.

    The order: user, phone matrix, EXIF, network, default. Depth from a network scales with the focal length, so a wrong
    one scales the whole scene: a published evaluation has 35 % of portraits off by over 25 % where it is guessed.

    network_fx_px: the network's estimate in pixels of the photo's width, None where it has none.
    """
    chosen, others = photo.intrinsics, photo.other_intrinsics
    if network_fx_px is not None:
        network = Intrinsics.centred(network_fx_px, photo.width_px, photo.height_px, "network")
        if chosen.source.startswith("default"):
            chosen = replace(network, fy_px=network_fx_px * chosen.fy_px / chosen.fx_px)
        else:
            others = (*others, network)
    return chosen, tuple(_conflict(chosen, other) for other in others if _differs(chosen, other))


def _differs(chosen: Intrinsics, other: Intrinsics) -> bool:
    return abs(other.fx_px / chosen.fx_px - 1) > _CONFLICT


def _conflict(chosen: Intrinsics, other: Intrinsics) -> str:
    difference = other.fx_px / chosen.fx_px - 1
    return (
        f"focal length {chosen.fx_px:.0f} px ({chosen.source}) is used, but {other.source} says {other.fx_px:.0f} px "
        f"({difference:+.0%}); distances scale with it: set the true one if you know it"
    )
