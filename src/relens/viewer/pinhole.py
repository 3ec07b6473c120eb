"""A pinhole as JSON has it."""

from relens.camera import Intrinsics


def pinhole_record(intrinsics: Intrinsics) -> dict[str, float]:
    """Focal lengths, principal point and size, all in pixels, by their names in `relens.Intrinsics`."""
    return {name: getattr(intrinsics, name) for name in ("fx_px", "fy_px", "cx_px", "cy_px", "width_px", "height_px")}
