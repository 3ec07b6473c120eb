"""Older versions of scene.json made new: one small pure function a step, from raw values to raw values.

Steps stay for ever, so that every scene ever saved can be opened (docs/compatibility.md). A step knows the versions on
its two sides and nothing of today's model, which checks what comes out of the last one.
"""

from collections.abc import Callable
from typing import Any

Raw = dict[str, Any]


def migrate_1_to_2(values: Raw) -> Raw:
    """`written_by` came: which program wrote the scene. Of version 1 no more is known than that it is an old relens."""
    return _with_new(values, written_by="relens before 0.2.0") | {"version": 2}


# STEPS[n] makes version n + 1 of version n.
STEPS: dict[int, Callable[[Raw], Raw]] = {1: migrate_1_to_2}
OLDEST = min(STEPS)


def migrated(values: Raw, version: int, newest: int) -> Raw:
    """What scene.json of `version` says, as `newest` says it. Raises ValueError, naming the field that cannot be."""
    for step in range(version, newest):
        values = STEPS[step](values)
    return values


def _with_new(values: Raw, **added: Any) -> Raw:
    for name in added:
        # What came later was an unknown field then, and those are refused.
        if name in values:
            raise ValueError(f"{name}: is no field of version {values['version']}")
    return values | added
