"""Lens presets: YAML files that describe a lens, by name or by path."""

import math
from dataclasses import dataclass, fields
from pathlib import Path

from relens.aperture import Aperture
from relens.errors import FileError, ValueRangeError
from relens.lens import Lens
from relens.ranges import finite

# An installed wheel carries them inside the package, a source checkout beside it.
_FOLDERS = (Path(__file__).parents[1] / "_configs" / "lenses", Path(__file__).parents[3] / "configs" / "lenses")
_BYTES_LIMIT = 1 << 16


@dataclass(frozen=True)
class LensPreset:
    """The keys of a preset file; each may be left out.

    | key | unit | meaning |
    |---|---|---|
    | focal_length_mm, f_number | mm, | `relens.Lens` |
    | blades, curvature, squeeze | | `relens.Aperture` |
    | rotation_deg | degrees | `relens.Aperture.rotation_rad` |
    """

    focal_length_mm: float = 85.0
    f_number: float = 1.4
    blades: int = 0
    curvature: float = 0.0
    rotation_deg: float = 0.0
    squeeze: float = 1.0


def read_preset(name: str) -> LensPreset:
    """The preset of that name in configs/lenses, or in the file of that path.

    Raises FileError, naming the file or the presets there are, for what is missing or describes no lens.
    """
    path = _find(name)
    try:
        return _checked(_read_yaml(path))
    except (ValueRangeError, TypeError) as error:
        raise FileError(path, f"is no lens: {error}") from error


def _find(name: str) -> Path:
    known = {path.stem: path for folder in _FOLDERS for path in sorted(folder.glob("*.yaml"))}
    if name in known:
        return known[name]
    path = Path(name)
    if path.is_file():
        return path
    raise FileError(name, f"no such lens; expected a YAML file or one of: {', '.join(known) or 'none installed'}")


def _read_yaml(path: Path) -> dict[str, object]:
    import yaml

    try:
        with path.open("rb") as file:
            text = file.read(_BYTES_LIMIT + 1)
        if len(text) > _BYTES_LIMIT:
            raise FileError(path, "is too large for a lens; expected a small YAML file")
        content = yaml.safe_load(text)
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FileError(path, f"is not YAML: {str(error)[:120]}") from error
    keys = [field.name for field in fields(LensPreset)]
    if not isinstance(content, dict) or not set(content) <= set(keys):
        raise FileError(path, f"is no lens: expected only the keys {', '.join(keys)}")
    return content


def _checked(content: dict[str, object]) -> LensPreset:
    preset = LensPreset(**content)  # pyright: ignore[reportArgumentType]
    rotation_rad = math.radians(finite("rotation_deg", preset.rotation_deg, "a finite angle in degrees"))
    aperture = Aperture(preset.blades, rotation_rad, preset.curvature, preset.squeeze)
    Lens(preset.focal_length_mm, preset.f_number, aperture=aperture)
    return preset
