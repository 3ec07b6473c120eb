"""Lens presets: YAML files that describe a lens, by name or by path."""

import math
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from relens.aperture import Aperture
from relens.aperture_image import ApertureImage
from relens.errors import FileError, ValueRangeError
from relens.lens import Lens
from relens.photo import read_photo
from relens.ranges import finite

# An installed wheel carries them inside the package, a source checkout beside it.
_FOLDERS = (Path(__file__).parent / "_configs" / "lenses", Path(__file__).parents[2] / "configs" / "lenses")
_BYTES_LIMIT = 1 << 16


@dataclass(frozen=True)
class LensPreset:
    """The keys of a preset file; each may be left out.

    | key | unit | meaning |
    |---|---|---|
    | focal_length_mm, f_number, t_stop, axial_colour, lateral_colour, breathing, vignetting, sensor_width_mm | |
      `relens.Lens` |
    | tilt_deg, swing_deg | degrees | `relens.Lens.tilt_rad`, `swing_rad` |
    | blades, curvature, squeeze, profile, cats_eye | | `relens.Aperture` |
    | rotation_deg | degrees | `relens.Aperture.rotation_rad` |
    | image | path, from the preset's folder | `relens.ApertureImage` |
    """

    focal_length_mm: float = 85.0
    f_number: float = 1.4
    blades: int = 0
    curvature: float = 0.0
    rotation_deg: float = 0.0
    squeeze: float = 1.0
    profile: float = 0.0
    cats_eye: float = 0.0
    image: str | None = None
    tilt_deg: float = 0.0
    swing_deg: float = 0.0
    axial_colour: float = 0.0
    lateral_colour: float = 0.0
    breathing: bool = False
    t_stop: float | None = None
    vignetting: bool = False
    sensor_width_mm: float = 36.0

    def lens(self, focus_distance_m: float = math.inf) -> Lens:
        """The lens, focused. Raises ValueRangeError for numbers outside a lens's ranges, FileError for the image."""
        aperture = Aperture(
            blades=self.blades,
            rotation_rad=_radians("rotation_deg", self.rotation_deg),
            curvature=self.curvature,
            squeeze=self.squeeze,
            profile=self.profile,
            cats_eye=self.cats_eye,
            image=None if self.image is None else read_aperture_image(self.image),
        )
        return Lens(
            focal_length_mm=self.focal_length_mm,
            f_number=self.f_number,
            focus_distance_m=focus_distance_m,
            aperture=aperture,
            tilt_rad=_radians("tilt_deg", self.tilt_deg),
            swing_rad=_radians("swing_deg", self.swing_deg),
            axial_colour=self.axial_colour,
            lateral_colour=self.lateral_colour,
            breathing=self.breathing,
            t_stop=self.t_stop,
            vignetting=self.vignetting,
            sensor_width_mm=self.sensor_width_mm,
        )


def _radians(name: str, degrees: object) -> float:
    return math.radians(finite(name, degrees, "a finite angle in degrees"))


def read_aperture_image(path: str | Path) -> ApertureImage:
    """An aperture's transmission from an image file: its linear light, colour if it has any.

    Raises FileError for a file that is no image, ValueRangeError for one that is no aperture.
    """
    photo = read_photo(path)
    colour = photo.linear if photo.alpha is None else photo.linear * photo.alpha[..., None]
    colour = np.clip(colour, 0, None)
    grey = np.ptp(colour, axis=2).max() <= 1e-3 * max(float(colour.max()), 1e-12)
    return ApertureImage(colour[..., 0] if grey else colour)


def read_preset(name: str) -> LensPreset:
    """The preset of that name in configs/lenses, or in the file of that path.

    Raises FileError, naming the file or the presets there are, for what is missing or describes no lens.
    """
    path = _find(name)
    try:
        preset = LensPreset(**_read_yaml(path))  # pyright: ignore[reportArgumentType]
        if preset.image is not None:
            if not isinstance(preset.image, str):
                raise ValueRangeError("image", preset.image, "the path of an image file")
            preset = replace(preset, image=str(path.parent / preset.image))
        preset.lens()
        return preset
    except ValueRangeError as error:
        raise FileError(path, f"is no lens: {error}") from error


def preset_names() -> tuple[str, ...]:
    """The names of the presets in configs/lenses."""
    return tuple(_installed())


def _installed() -> dict[str, Path]:
    return {path.stem: path for folder in _FOLDERS for path in sorted(folder.glob("*.yaml"))}


def _find(name: str) -> Path:
    known = _installed()
    if name in known:
        return known[name]
    path = Path(name)
    if path.is_file():
        return path
    raise FileError(name, f"no such lens; expected a YAML file or one of: {', '.join(known) or 'none installed'}")


def _read_yaml(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            text = file.read(_BYTES_LIMIT + 1)
        if len(text) > _BYTES_LIMIT:
            raise FileError(path, "is too large for a lens; expected a small YAML file")
        content = _loaded(text)
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error
    except _NotYaml as error:
        raise FileError(path, f"is not YAML: {str(error)[:120]}") from error
    keys = [field.name for field in fields(LensPreset)]
    if not isinstance(content, dict) or not set(content) <= set(keys):
        raise FileError(path, f"is no lens: expected only the keys {', '.join(keys)}")
    for key, value in content.items():
        # Lists of lists by aliases may be short in the file and endless in a message.
        if isinstance(value, (list, dict, set, tuple, bytes)):
            raise FileError(path, f"is no lens: {key} is a {type(value).__name__}; expected a number or a word")
    return content


class _NotYaml(Exception):
    """What the parser says of a text."""


def _loaded(text: bytes) -> object:
    import yaml

    try:
        return yaml.safe_load(text)
    except Exception as error:  # Besides errors of its own PyYAML lets those of its tags' values through.
        raise _NotYaml(str(error) or type(error).__name__) from error
