"""Editing the canonical pages: what is selected, and what an edit of colours is made of."""

from relens.edit.change import Patch, changed
from relens.edit.selection import Selection, Where, select

__all__ = ["Patch", "Selection", "Where", "changed", "select"]
