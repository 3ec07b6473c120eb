"""The lens presets of configs/lenses as the page offers them."""

from dataclasses import asdict, replace
from typing import Any

from relens.lens_preset import preset_names, read_preset
from relens.viewer.view import LensSettings

_PUPIL_POINTS = 1024
# A pupil is no more than a few hundred pixels wide.
_DIGITS = 5


def presets() -> list[dict[str, Any]]:
    """Name, settings and pupil of every preset, by name; JSON values.

    The pupil, of presets whose aperture is an image and else null, has 1024 points in pupil radii before they are
    turned and squeezed, x and y one after the other, and their weights in red, green and blue (`Aperture.samples`).
    """
    return [_preset(name) for name in sorted(preset_names(), key=_focal_length_first)]


def settings_of(name: str) -> LensSettings:
    """The settings of a preset. Raises FileError as `read_preset` does."""
    preset = read_preset(name)
    return LensSettings(**{**asdict(preset), "image": None if preset.image is None else name})


def _preset(name: str) -> dict[str, Any]:
    settings = settings_of(name)
    return {"name": name, "lens": settings.model_dump(), "pupil": _pupil(settings)}


def _focal_length_first(name: str) -> tuple[float, str]:
    return settings_of(name).focal_length_mm, name


def _pupil(settings: LensSettings) -> dict[str, list[float]] | None:
    if settings.image is None:
        return None
    # The blades turn with the image, so that without a turn the same light passes.
    plain = replace(settings.lens().aperture, rotation_rad=0.0, squeeze=1.0)
    samples = plain.samples(_PUPIL_POINTS)
    return {
        "points": samples.points.round(_DIGITS).ravel().tolist(),
        "weights": samples.weights.round(_DIGITS).ravel().tolist(),
    }
