"""Every lens preset is a lens, and its name says which."""

import math
from pathlib import Path

import pytest
import yaml

from relens.aperture import Aperture
from relens.lens import Lens

_PRESETS = sorted((Path(__file__).parents[1] / "configs" / "lenses").glob("*.yaml"))


def test_there_are_presets() -> None:
    assert len(_PRESETS) >= 6


@pytest.mark.parametrize("path", _PRESETS, ids=lambda path: path.stem)
def test_preset_is_a_lens_of_its_name(path: Path) -> None:
    preset = yaml.safe_load(path.read_text("utf-8"))
    rotation_rad = math.radians(preset.pop("rotation_deg"))
    focal_length_mm, f_number = preset.pop("focal_length_mm"), preset.pop("f_number")
    lens = Lens(focal_length_mm, f_number, aperture=Aperture(rotation_rad=rotation_rad, **preset))
    blades = lens.aperture.blades
    assert path.stem.startswith(f"{lens.focal_length_mm:g}mm-f{lens.f_number:g}-")
    assert path.stem.endswith(f"{blades}blade" if blades else ("disc", "anamorphic"))
