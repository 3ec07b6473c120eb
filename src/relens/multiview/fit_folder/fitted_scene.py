"""FittedScene: what many photos became: a mesh with its canonical page, cameras, and the point-to-texel map."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.mesh import Mesh
from relens.multiview.page.field import TexelField
from relens.multiview.photo_set import Arrangement


@dataclass(frozen=True)
class FittedPhoto:
    """A photo's camera.

    Attributes:
        name: of the photo.
        camera: in the fit's world.
        held_out: it was only compared with.
    """

    name: str
    camera: Camera
    held_out: bool = False


@dataclass(frozen=True)
class FittedScene:
    """What many photos became.

    Convention: the world is the reference photo's camera (OpenCV axes), metres where the data set knows them.

    Attributes:
        mesh: one part; its texture is the page.
        field: the map from points to the page's texels.
        photos: the photos' cameras, in the data set's order.
        reference: which of them the world belongs to.
        box_m: (2, 3) least and greatest corner of what was fitted.
        arrangement: how the cameras stand.
        dataset_from_world: (4, 4) a similarity: points of this world to the data set's own.
        surface_psnr_db, fitted_psnr_db, held_out_psnr_db: of the surface's own colours, and of the page: on photos that
            were fitted, and on those that were not. None where not known.
        settings: of the fit, for people.
        notes: what the user should know, a line each.

    Raises ValueRangeError for a mesh without a page, or a page whose shape is not the field's.
    """

    mesh: Mesh
    field: TexelField
    photos: tuple[FittedPhoto, ...]
    reference: int
    box_m: Float64[np.ndarray, "2 3"]
    arrangement: Arrangement
    dataset_from_world: Float64[np.ndarray, "4 4"]
    surface_psnr_db: float | None = None
    fitted_psnr_db: float | None = None
    held_out_psnr_db: float | None = None
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.mesh.parts) != 1 or self.mesh.parts[0].texture is None:
            raise ValueRangeError("mesh", f"{len(self.mesh.parts)} parts", "one part, with the page as its texture")
        if not 0 <= self.reference < len(self.photos):
            raise ValueRangeError("reference", self.reference, f"one of the {len(self.photos)} photos")

    @property
    def camera(self) -> Camera:
        """The reference photo's camera."""
        return self.photos[self.reference].camera

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """The photos' cameras."""
        return tuple(photo.camera for photo in self.photos)

    @property
    def page_size_px(self) -> tuple[int, int]:
        """Width and height of the page as it is: an edit may have another resolution than the fit."""
        texture = self.mesh.parts[0].texture
        assert texture is not None
        return texture.shape[1], texture.shape[0]
