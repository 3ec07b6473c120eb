"""load_photo: one photo's pixels, straightened to its pinhole and reduced."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from relens.camera import Camera
from relens.errors import FileError
from relens.multiview.photos.dataset import ListedPhoto
from relens.multiview.photos.straighten import Straightener
from relens.photo import Photo, read_photo, srgb_encode

# Matches are looked for on photos of this size: finer ones take longer and find the same.
_MATCHED_PX = 1000


@dataclass(frozen=True)
class LoadedPhoto:
    """One photo with its camera, still in the data set's own world and unit.

    Attributes:
        listed: what the data set says of it.
        camera: of the reduced photo; OpenCV axes.
        linear: (h, w, 3) linear light.
        mask: (h, w) what belongs to the subject; None for everything.
        grey: (gh, gw) sRGB-encoded brightness, for matches; at most 1000 px long.
        shrink: pixels of the full photo in one of `grey`.
    """

    listed: ListedPhoto
    camera: Camera
    linear: Float32[np.ndarray, "h w 3"]
    mask: Bool[np.ndarray, "h w"] | None
    grey: UInt8[np.ndarray, "gh gw"]
    shrink: float

    @property
    def name(self) -> str:
        """As the data set has it."""
        return self.listed.name

    @property
    def matched_camera(self) -> Camera:
        """Of `grey`."""
        height, width = self.grey.shape
        return replace(self.camera, intrinsics=self.camera.intrinsics.resized(width, height))


def load_photo(listed: ListedPhoto, longest_px: int | None) -> LoadedPhoto:
    """A photo straightened and reduced by area in linear light; its mask and transparency as what belongs to it.

    Transparent pixels weigh by their alpha, and what is under half opaque is outside the mask; so are pixels that the
    lens's distortion left without a source.

    Raises FileError for a photo or mask that cannot be read or is not of the camera's size, and for a distortion that
    OpenCV has no model for.
    """
    import cv2

    photo, mask = straight_photo(listed)
    weight = np.ones(photo.linear.shape[:2], np.float32) if photo.alpha is None else photo.alpha
    if mask is not None:
        weight = weight * mask
    size = _reduced(photo.width_px, photo.height_px, longest_px)
    linear = _weighted(photo.linear, weight if photo.alpha is not None else None, size)
    covered = cv2.resize(weight.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
    intrinsics = listed.posed.camera.intrinsics.resized(*size)
    grey = _grey(photo, _reduced(photo.width_px, photo.height_px, _MATCHED_PX))
    return LoadedPhoto(
        listed,
        replace(listed.posed.camera, intrinsics=intrinsics),
        linear,
        None if covered.all() else covered,
        grey,
        photo.width_px / grey.shape[1],
    )


def straight_photo(listed: ListedPhoto) -> tuple[Photo, Float32[np.ndarray, "h w"] | None]:
    """The photo at full size as its pinhole would have taken it, and its mask, 0 to 1; None for everything.

    Raises what `load_photo` raises.
    """
    photo = read_photo(listed.file)
    k = listed.posed.camera.intrinsics
    _require_size(listed, listed.file, photo, f"photo is {photo.width_px}x{photo.height_px}")
    mask = None
    if listed.mask_file is not None:
        stored = read_photo(listed.mask_file)
        _require_size(listed, listed.mask_file, stored, f"mask is {stored.width_px}x{stored.height_px}")
        seen = stored.alpha if stored.alpha is not None and stored.alpha.min() < 1 else stored.linear.mean(axis=2)
        mask = (srgb_encode(seen) >= 0.5).astype(np.float32)
    # Depth and mattes inside the file belong to the bent picture.
    photo = replace(photo, intrinsics=k, other_intrinsics=())
    if listed.posed.distortion == ():
        return photo, mask
    lens = Straightener(listed)
    outside = lens.unseen()
    if outside.any():
        mask = (np.ones(outside.shape, np.float32) if mask is None else lens.linear(mask)) * ~outside
    elif mask is not None:
        mask = lens.linear(mask)
    alpha = None if photo.alpha is None else lens.linear(photo.alpha)
    straight = replace(photo, linear=lens.linear(photo.linear), alpha=alpha, embedded_depth=None, distortion=None)
    return straight, mask


def _require_size(listed: ListedPhoto, file: object, found: Photo, what: str) -> None:
    k = listed.posed.camera.intrinsics
    if (found.width_px, found.height_px) != (k.width_px, k.height_px):
        turned = (found.height_px, found.width_px) == (k.width_px, k.height_px)
        hint = "; its EXIF orientation turns it: save it upright" if turned else ""
        raise FileError(file, f"the {what}; expected its camera's {k.width_px}x{k.height_px}{hint}")


def _reduced(width_px: int, height_px: int, longest_px: int | None) -> tuple[int, int]:
    scale = 1.0 if longest_px is None else min(1.0, longest_px / max(width_px, height_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))


def _weighted(
    linear: Float32[np.ndarray, "h w 3"], weight: Float32[np.ndarray, "h w"] | None, size: tuple[int, int]
) -> Float32[np.ndarray, "_ _ 3"]:
    """Means over every pixel of the reduced photo."""
    import cv2

    if weight is None:
        return linear if linear.shape[1::-1] == size else cv2.resize(linear, size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(linear * weight[..., None], size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)[..., None]
    return np.divide(total, share, out=np.zeros_like(total), where=share > 1e-3)


def _grey(photo: Photo, size: tuple[int, int]) -> UInt8[np.ndarray, "gh gw"]:
    import cv2

    linear = photo.linear if photo.alpha is None else photo.linear * photo.alpha[..., None]
    brightness = cv2.resize(linear @ np.array([0.2126, 0.7152, 0.0722], np.float32), size, interpolation=cv2.INTER_AREA)
    return np.round(255 * np.clip(srgb_encode(brightness), 0, 1)).astype(np.uint8)
