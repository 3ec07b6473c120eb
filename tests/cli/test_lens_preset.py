from pathlib import Path

import pytest

from relens.cli import lens_preset
from relens.cli.lens_preset import LensPreset, read_preset
from relens.errors import FileError

_NAMES = sorted(path.stem for path in (Path(__file__).parents[2] / "configs" / "lenses").glob("*.yaml"))


@pytest.mark.parametrize("name", _NAMES)
def test_every_preset_is_found_by_name(name: str) -> None:
    assert name.startswith(f"{read_preset(name).focal_length_mm:g}mm-f{read_preset(name).f_number:g}-")


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("focal_length_mm: 40\nblades: 6\n")
    assert read_preset(str(path)) == LensPreset(focal_length_mm=40, blades=6)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(FileError, match=f"no such lens; expected a YAML file or one of: {_NAMES[0]}"):
        read_preset("no-such-lens")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected only the keys focal_length_mm"),
        ("- 1\n- 2", "expected only the keys"),
        ("focal_length_mm: 50\naperture: 2", "expected only the keys"),
        ("f_number: 0.1", "f_number=0.1: expected 0.5 to 128"),
        ("blades: 2", "blades=2: expected 0 for a disc"),
        ("f_number: fast", "is no lens"),
        ("rotation_deg: .inf", "a finite angle"),
        ("f_number: [1, 2", "is not YAML"),
        ("!!python/object/apply:os.getcwd []", "is not YAML"),
        ("\0", "is not YAML"),
        ("# " + "x" * 70000, "too large"),
    ],
)
def test_a_file_that_describes_no_lens(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(FileError, match=r"bad\.yaml") as caught:
        read_preset(str(path))
    assert problem in str(caught.value)


def test_a_wheel_without_presets_says_so(monkeypatch) -> None:
    monkeypatch.setattr(lens_preset, "_FOLDERS", ())
    with pytest.raises(FileError, match="none installed"):
        read_preset("50mm")
