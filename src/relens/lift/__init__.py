"""Lifting: a photo and its depth become layers, with what they hide."""

from relens.lift.lift import lift

__all__ = ["lift"]
