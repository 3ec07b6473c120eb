"""Rendering: one estimator, several engines."""

from relens.render.picture import Picture
from relens.render.shoot import shoot
from relens.render.write_picture import write_picture

__all__ = ["Picture", "shoot", "write_picture"]
