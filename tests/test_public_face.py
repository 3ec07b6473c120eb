"""The public names, and what importing them costs."""

import subprocess
import sys
import time
from importlib.metadata import version
from types import ModuleType

import pytest

import relens

_HEAVY = ("numpy", "scipy", "numba", "cv2", "PIL", "pi_heif", "OpenEXR", "pymatting", "tifffile", "pydantic", "torch")


def _run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("name", [name for name in relens.__all__ if name != "__version__"])
def test_every_public_name_resolves_to_what_it_names(name: str) -> None:
    thing = getattr(relens, name)
    assert callable(thing)
    assert thing.__name__ == name
    assert name in dir(relens)


def test_public_names_are_about_a_dozen() -> None:
    assert 12 <= len(relens.__all__) <= 20


def test_version_is_the_installed_one() -> None:
    assert relens.__version__ == version("relens")


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = relens.no_such_thing  # pyright: ignore[reportAttributeAccessIssue]


def test_lift_stays_the_function_after_its_room_is_imported() -> None:
    code = "import relens.lift, relens; from relens.lift import lift; assert relens.lift is lift; print(type(lift))"
    assert _run(code) == "<class 'function'>"
    assert not isinstance(relens.lift, ModuleType)


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, relens; relens.RelensError; print(*sys.modules)"
    loaded = set(_run(code).split())
    assert "relens" in loaded
    assert not loaded & set(_HEAVY)


def test_import_is_quick() -> None:
    start = time.perf_counter()
    _run("pass")
    bare_s = time.perf_counter() - start
    start = time.perf_counter()
    _run("import relens")
    assert time.perf_counter() - start - bare_s < 0.5


def test_command_line_help_loads_no_compiler_and_no_codec() -> None:
    code = (
        "import sys\nfrom relens.cli.main import main\nsys.argv = ['relens', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint('MODULES', *sys.modules)"
    )
    output, _, loaded = _run(code).partition("MODULES")
    assert "shoot" in output
    assert not set(loaded.split()) & (set(_HEAVY) - {"numpy", "PIL"})
