"""The canonical texture: pages that a person recognises, and the field that says where on them a 3D point lies."""

from relens.canonical.field import ProjectionField, Texels, projection_field
from relens.canonical.fit_offsets import fit_offsets
from relens.canonical.offsets import Offsets
from relens.canonical.pages import PHOTO, Pages, with_page

__all__ = ["PHOTO", "Offsets", "Pages", "ProjectionField", "Texels", "fit_offsets", "projection_field", "with_page"]
