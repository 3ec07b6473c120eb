"""Edits that a page may ask for: what a brush does, and nothing that opens files or runs other programs."""

from collections.abc import Mapping
from typing import Any

from relens.edit.edit import Edit
from relens.edit.named import edit_of
from relens.errors import ValueRangeError

ALLOWED = ("heal", "paint", "recolour")
# A stroke of minutes; every point costs the kernel a pass over its disc.
_MOST_POINTS = 20_000


def edit_of_page(content: Any) -> Edit:
    """The edit of {"name", "values"}, parsed from JSON.

    Raises ValueRangeError for other edits than `ALLOWED`, for a mask, which is a file, for a stroke of too many points,
    and as `relens.edit.named.edit_of`.
    """
    if not isinstance(content, dict) or set(content) != {"name", "values"}:
        raise ValueRangeError("edit", "another value", 'an object {"name": ..., "values": {...}}')
    name, values = content["name"], content["values"]
    if not isinstance(name, str) or name not in ALLOWED:
        raise ValueRangeError("edit", repr(name)[:80], f"one of {', '.join(ALLOWED)}; relens edit has the others")
    if not isinstance(values, dict):
        raise ValueRangeError(name, "another value", "an object of the edit's values")
    _check_where(values.get("where", {}))
    return edit_of(name, values)


def _check_where(where: Any) -> None:
    if not isinstance(where, Mapping):
        raise ValueRangeError("where", "another value", "an object of what to select")
    if where.get("mask") is not None:
        raise ValueRangeError("where.mask", "a file", "a brush, a click or colours; relens edit takes masks")
    points = where.get("brush_px", [])
    if isinstance(points, list) and len(points) > _MOST_POINTS:
        raise ValueRangeError("where.brush_px", f"{len(points)} points", f"at most {_MOST_POINTS}")
