"""requirements.lock: whole, hashed, and the versions that the tests run with."""

import re
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
PLATFORMS = ("linux", "darwin", "win32")


def _entries() -> list[tuple[Requirement, list[str]]]:
    lines = LOCK.replace("\\\n", " ").splitlines()
    return [
        (Requirement(line.partition(" --hash=")[0]), re.findall(r"--hash=(\S+)", line))
        for line in lines
        if line.strip()
    ]


def _holds(requirement: Requirement, python: str, platform: str = "linux") -> bool:
    where = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": platform, "extra": ""}
    return requirement.marker is None or requirement.marker.evaluate({**default_environment(), **where})


def _locked(python: str, platform: str = "linux") -> dict[str, str]:
    found = [
        (canonicalize_name(one.name), str(one.specifier))
        for one, _hashes in _entries()
        if _holds(one, python, platform)
    ]
    assert len(found) == len(dict(found))  # two versions of one package would not install
    return dict(found)


def test_every_entry_is_one_version_with_hashes() -> None:
    for requirement, hashes in _entries():
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), requirement


def test_it_does_not_say_where_packages_come_from() -> None:
    assert "://" not in LOCK and "index" not in LOCK and "#" not in LOCK


def test_what_the_app_asks_for_is_in_it_for_every_python_and_system() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [project["optional-dependencies"][extra] for extra in ("view", "portrait", "matte", "video")]
    asked = [Requirement(line) for line in [*project["dependencies"], *(line for extra in extras for line in extra)]]
    for python in PYTHONS:
        for platform in PLATFORMS:
            locked = _locked(python, platform)
            for requirement in asked:
                assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)].removeprefix("=="))


def test_it_agrees_with_the_constraints() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    constraints = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    for python in PYTHONS:
        locked = _locked(python)
        known = {canonicalize_name(one.name): str(one.specifier) for one in constraints if _holds(one, python)}
        assert {name: known[name] for name in locked if name in known} == {
            name: version for name, version in locked.items() if name in known
        }
        assert len(known.keys() & locked.keys()) > 25
