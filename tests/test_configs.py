"""Every lens preset is a lens, its name says which, and a comment where its numbers come from."""

from pathlib import Path

import pytest

from relens.lens import Lens
from relens.lens_preset import read_preset

_PRESETS = sorted((Path(__file__).parents[1] / "configs" / "lenses").glob("*.yaml"))
_LOOKS = ("disc", "anamorphic", "apodised", "petzval", "mirror", "tilt", "phone")


def test_there_are_more_than_a_dozen_and_no_two_alike() -> None:
    assert len(_PRESETS) >= 12
    assert len({read_preset(str(path)).lens() for path in _PRESETS}) == len(_PRESETS)


@pytest.mark.parametrize("path", _PRESETS, ids=lambda path: path.stem)
def test_preset_is_a_lens_of_its_name(path: Path) -> None:
    lens = read_preset(path.stem).lens(5.0)
    blades = lens.aperture.blades
    assert lens.focus_distance_m == 5
    assert path.stem.startswith(f"{lens.focal_length_mm:g}mm-f{lens.f_number:g}-")
    assert path.stem.endswith((f"{blades}blade", *_LOOKS) if blades else _LOOKS)
    assert len(lens.aperture.samples(16).points) == 16


@pytest.mark.parametrize("path", _PRESETS, ids=lambda path: path.stem)
def test_preset_says_where_its_numbers_come_from(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    comment = " ".join(line[2:] for line in lines if line.startswith("# "))
    assert any(word in comment for word in ("maker's data", "makers' data", "estimate", "typical", "memory", "Any "))
    assert all(len(line) <= 120 for line in lines)


def test_presets_use_all_that_a_lens_can_do() -> None:
    plain = Lens(50, 2)
    lenses = [read_preset(str(path)).lens() for path in _PRESETS]
    unused = ("focus_distance_m", "aperture", "swing_rad")
    for name in vars(plain):
        assert name in unused or any(getattr(lens, name) != getattr(plain, name) for lens in lenses)
    for name in vars(plain.aperture):
        assert any(getattr(lens.aperture, name) != getattr(plain.aperture, name) for lens in lenses)
