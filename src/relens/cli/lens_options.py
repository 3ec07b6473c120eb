"""The options that describe the lens, shared by the commands that photograph."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from tyro.conf import arg

if TYPE_CHECKING:
    from relens.lens import Lens

_FROM_LENS = "(default: the lens's)"


def _flag(name: str, metavar: str) -> object:
    return arg(name=name, metavar=metavar, help_behavior_hint=_FROM_LENS)


@dataclass(frozen=True)
class LensOptions:
    """The lens: a preset, and flags laid over it."""

    lens: Annotated[str | None, arg(metavar="PRESET", help_behavior_hint="(default: a disc, 85 mm f/1.4)")] = None
    """A lens of configs/lenses by name, or a YAML file like those; the flags below override it."""
    focal_length_mm: Annotated[float | None, _flag("focal-length", "MM")] = None
    """With the f-number it makes the entrance pupil; with --framing photo the field of view stays the photo's."""
    f_number: Annotated[float | None, _flag("f-number", "N")] = None
    """Relative aperture, 0.5 to 128. It changes the blur, not the exposure."""
    t_stop: Annotated[float | None, _flag("t-stop", "T")] = None
    """Darkens the picture by the light that the glass loses, (f-number / T) squared."""
    blades: Annotated[int | None, _flag("blades", "N")] = None
    """Aperture blades, 3 to 16; 0 is a disc."""
    rotation_deg: Annotated[float | None, _flag("blade-rotation-deg", "DEG")] = None
    """Turns the blades clockwise; with 0 a corner points right."""
    curvature: Annotated[float | None, _flag("blade-curvature", "0..1")] = None
    """0 for straight blades, 1 for round ones."""
    squeeze: Annotated[float | None, _flag("squeeze", "X")] = None
    """Anamorphic squeeze: the pupil is this many times taller than wide."""
    profile: Annotated[float | None, _flag("profile", "-1..1")] = None
    """Light over the blur disc: under 0 creamy, fading to the rim; over 0 soap bubbles, brightest at the rim."""
    cats_eye: Annotated[float | None, _flag("cats-eye", "0..1")] = None
    """How far the barrel cuts the pupil at the corners, in pupil radii: lemon shapes, swirl."""
    image: Annotated[str | None, _flag("aperture-image", "FILE")] = None
    """An image of the pupil's transmission, in colour if it has any: hearts, stars, gels."""
    tilt_deg: Annotated[float | None, _flag("tilt", "DEG")] = None
    """Leans the lens forward: the plane of focus tips over, nearer at the bottom (Scheimpflug)."""
    swing_deg: Annotated[float | None, _flag("swing", "DEG")] = None
    """Turns the lens to the right: the plane of focus turns, nearer at the right."""
    axial_colour: Annotated[float | None, _flag("axial-colour", "X")] = None
    """(f red - f blue) / f, -0.02 to 0.02: coloured rims before and behind the focus; 0.002 is an old fast lens."""
    lateral_colour: Annotated[float | None, _flag("lateral-colour", "X")] = None
    """Difference in size of the red and the blue image, -0.02 to 0.02: coloured edges towards the corners."""
    breathing: bool = False
    """The field of view narrows as the focus comes nearer, as in lenses that focus by moving as a whole."""
    vignetting: bool = False
    """The corners darken by what the cat's-eye cuts."""
    sensor_width_mm: Annotated[float | None, _flag("sensor-width", "MM")] = None
    """The sensor's long side, for --framing lens and subject; 36 is full frame."""

    def focused(self, focus_distance_m: float) -> "Lens":
        """The lens. Raises ValueRangeError and FileError as `LensPreset.lens` and `read_preset` do."""
        from relens.lens_preset import LensPreset, read_preset

        preset = LensPreset() if self.lens is None else read_preset(self.lens)
        given = {name: value for name, value in vars(self).items() if value is not None and value is not False}
        flags = {name: value for name, value in given.items() if name != "lens"}
        return replace(preset, **flags).lens(focus_distance_m)
