"""The scripts that make the numbers which the viewer's own tests compare with."""

import importlib.util
from pathlib import Path
from types import ModuleType

GOLDEN = Path(__file__).parents[1] / "viewer" / "tests" / "golden"


def golden_script(name: str) -> ModuleType:
    """viewer/tests/golden/NAME.py: `content()` is what relens gives today, `FILE` what is checked in."""
    spec = importlib.util.spec_from_file_location(f"viewer_golden_{name}", GOLDEN / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
