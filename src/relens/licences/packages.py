"""The packages that relens and its extras asked for, as far as they are installed here."""

import re
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import cast

from relens.licences.checked import CHECKED
from relens.licences.licence import Licence
from relens.licences.metadata import licence_in

# The name, its extras in brackets, and all the rest: versions and markers (PEP 508).
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?(.*)")
_EXTRA = re.compile(r"extra\s*==\s*[\"']([^\"']+)[\"']")
_UNKNOWN = "unknown"


def installed_packages() -> tuple[Licence, ...]:
    """The installed packages that relens, any of its extras, or one of those packages asks for, by name.

    A package that is asked for on other systems only is there too, where something else has brought it.
    """
    found, _missing = _walk()
    return tuple(_licence(found[name]) for name in sorted(found))


def missing_extras() -> tuple[str, ...]:
    """Canonical names of the packages that an extra of relens names and that are not installed, sorted."""
    _found, missing = _walk()
    return tuple(sorted(missing))


def package_licence(name: str) -> Licence:
    """The licence of one installed package, by the name that pip knows it by.

    Raises importlib.metadata.PackageNotFoundError, a kind of ImportError, where it is not installed.
    """
    return _licence(distribution(name))


def canonical(name: str) -> str:
    """The one spelling of a package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _walk() -> tuple[dict[str, Distribution], set[str]]:
    found: dict[str, Distribution] = {}
    missing: set[str] = set()
    own = distribution("relens")
    waiting = [(requirement, True) for requirement in own.requires or ()]
    seen: set[str] = set()
    while waiting:
        requirement, of_relens = waiting.pop()
        match = _REQUIREMENT.match(requirement)
        if match is None or requirement in seen:
            continue
        seen.add(requirement)
        name, extras = canonical(match[1]), {extra.strip() for extra in (match[2] or "").split(",")}
        if name == "relens":  # an extra that includes another one; all are walked anyway
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            if of_relens:
                missing.add(name)
            continue
        for further in found[name].requires or ():
            condition = _EXTRA.search(further)
            if condition is None or condition[1] in extras:
                waiting.append((further, False))
    return found, missing


def _licence(package: Distribution) -> Licence:
    metadata = cast(Message, package.metadata)
    name = str(metadata["Name"])
    licence = CHECKED.get(canonical(name)) or licence_in(metadata) or _UNKNOWN
    return Licence(name, package.version, licence, "package", _link(metadata))


def _link(metadata: Message) -> str:
    """The project's page, otherwise its source, otherwise any page that it names."""
    links = [str(line).partition(",") for line in metadata.get_all("Project-URL") or ()]
    by_label = {label.strip().lower(): url.strip() for label, _comma, url in reversed(links)}
    for label in ("homepage", "home", "source", "repository", "source code"):
        if label in by_label:
            return by_label[label]
    return str(metadata.get("Home-page") or next(iter(reversed(by_label.values())), ""))
