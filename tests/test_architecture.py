"""What the floors of the house promise beyond import-linter's contract."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

_SOURCE = Path(__file__).parents[1] / "src"
_FILES = sorted(_SOURCE.rglob("*.py"))
# What imports a compiler, or a file that does.
_COMPILED = re.compile(r"^\s*(import|from) (numba|warp|relens\.render\.cpu_(bounds|hits|tiles|view))\b", re.MULTILINE)
_HEAVY = ("scipy", "numba", "cv2", "pi_heif", "OpenEXR", "pymatting", "tifffile", "torch", "open3d", "trimesh", "warp")


# The insides of fits to many photos, and of the nerfstudio plug-in: torch modules, imported where they are used.
_TORCH = re.compile(r"^(import|from) (torch|nerfstudio)\b", re.MULTILINE)
_IMPORTED = re.compile(r"^from (relens[\w.]*) import|^import (relens[\w.]*)", re.MULTILINE)


def _torch_modules() -> set[str]:
    """The multi-view modules that import torch, and the ones that import those."""
    texts = {_module(file): file.read_text("utf-8") for file in _FILES if "multiview" in file.parts}
    found = {name for name, text in texts.items() if _TORCH.search(text)}
    while True:
        more = {
            name for name, text in texts.items() if {one or other for one, other in _IMPORTED.findall(text)} & found
        }
        if more <= found:
            return found
        found |= more


def _module(file: Path) -> str:
    parts = file.relative_to(_SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_rooms_load_heavy_packages_only_when_used() -> None:
    light = [_module(file) for file in _FILES if not _COMPILED.search(file.read_text("utf-8"))]
    light = [name for name in light if name not in _torch_modules()]
    # The doors to them stay light.
    for door in ("fit", "photos", "surface", "page", "fit_folder", "nerfstudio", "nerfstudio.open_nerfstudio"):
        assert f"relens.multiview.{door}" in light
    code = f"import sys\nfor name in {light}: __import__(name)\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "relens.scene" in loaded
    assert not set(loaded) & set(_HEAVY)


@pytest.mark.parametrize("file", _FILES, ids=_module)
def test_modules_with_kernels_carry_no_annotations(file: Path) -> None:
    """They are the ones whose shapes the tests do not check (conftest), so they may not promise any."""
    text = file.read_text("utf-8")
    if re.search(r"^\s*(import|from) numba\b", text, re.MULTILINE):
        assert not re.search(r"^\s*(from|import) jaxtyping\b", text, re.MULTILINE)
