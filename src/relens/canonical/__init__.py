"""The canonical texture: pages that a person recognises, and the field that says where on them a 3D point lies."""

from relens.canonical.pages import PHOTO, Pages, with_page

__all__ = ["PHOTO", "Pages", "with_page"]
