from email.message import Message
from importlib.metadata import PackageNotFoundError, requires

import pytest

from relens.licences import installed_packages, missing_extras, package_licence, restriction, shipped_networks
from relens.licences.metadata import licence_in
from relens.licences.packages import canonical
from relens.licences.shipped import shipped_photos


def _metadata(**fields: str) -> Message:
    message = Message()
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    return message


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "MIT AND PSF-2.0", "License": "BSD"}, "MIT AND PSF-2.0"),
        ({"License": "Apache 2.0"}, "Apache-2.0"),
        (
            {"License": "The MIT License (MIT)\n\nCopyright", "Classifier": "License :: OSI Approved :: MIT License"},
            "MIT",
        ),
        ({"License": "BSD 3-Clause License\n\nCopyright (c)"}, "BSD-3-Clause"),
        ({"License": "UNKNOWN", "Classifier": "License :: OSI Approved :: ISC License (ISCL)"}, "ISC"),
        ({"License": "Copyright (c) 2001 Somebody"}, ""),
        ({"License": "My own words"}, "My own words"),
        ({}, ""),
    ],
)
def test_licences_are_read_from_all_three_fields(fields: dict[str, str], licence: str) -> None:
    assert licence_in(_metadata(**fields)) == licence


def test_every_package_that_is_installed_has_a_licence() -> None:
    packages = installed_packages()
    assert [one.name for one in packages if one.licence in ("", "unknown")] == []
    assert all(one.version and one.kind == "package" and len(one.licence) < 200 for one in packages)


def test_all_that_relens_asks_for_is_either_listed_or_named_as_missing() -> None:
    import re

    listed = {canonical(one.name) for one in installed_packages()} | set(missing_extras())
    asked = {canonical(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in requires("relens") or ()}
    assert len(asked) > 20 and asked - {"relens"} <= listed
    assert {"llvmlite", "pydantic-core"} <= listed  # what those need in turn


def test_one_package_by_any_spelling_of_its_name() -> None:
    assert package_licence("PI-heif") == package_licence("pi_heif")
    assert "LGPL" in package_licence("pi_heif").licence
    with pytest.raises(PackageNotFoundError):
        package_licence("there-is-no-such-package")


@pytest.mark.parametrize(
    ("licence", "words"),
    [
        ("MIT", ""),
        ("MPL-2.0 AND MIT", ""),
        ("LGPL-3.0-or-later", "LGPL"),
        ("BSD; FFmpeg (LGPL-3.0-or-later) with x264 (GPL-2.0-or-later)", ": GPL"),
        ("CC-BY-NC-4.0", "no commercial use"),
        ("apple-amlr: research only", "research only"),
    ],
)
def test_what_restricts_use_is_said(licence: str, words: str) -> None:
    assert words in restriction(licence) and bool(words) == bool(restriction(licence))


def test_what_travels_inside_is_listed() -> None:
    assert [one.name for one in shipped_networks()] == [
        "face_detection_short_range",
        "face_landmark",
        "iris_landmark",
        "selfie_segmentation",
    ]
    assert "iphone14-portrait" in [one.name for one in shipped_photos()]
