"""HEIC (HEIF with HEVC), with the depth and mattes that phones keep in it."""

import numpy as np
from PIL import Image

from relens.errors import FileError
from relens.photo import phone_maps
from relens.photo.cicp import colour_space_from_cicp
from relens.photo.colour_space import SRGB, ColourSpace
from relens.photo.exif import load_exif
from relens.photo.heif_boxes import (
    HeifTransformations,
    Transformation,
    check_extents,
    check_item_texts,
    heif_transformations,
)
from relens.photo.orientation import chain, inverse, orient_raster
from relens.photo.photo import EmbeddedDepth
from relens.photo.pillow_samples import integer_space, pillow_samples
from relens.photo.stored import Stored, check_size, decoding, opaque_to_none, passing_over
from relens.photo.window import WHOLE, cut_raster, orient_window
from relens.photo.xmp import Xmp, find_xmp

# Depth representation types of H.265 annex G.14.3.8.
_INVERSE_Z, _DISPARITY, _Z = 0, 1, 2


def read_heic(path: object, data: bytes) -> Stored:
    """Decode the primary picture; the EXIF orientation is not applied, since libheif has turned everything already.

    Raises FileError.
    """
    import pi_heif

    with decoding(path, "HEIC"):
        check_item_texts(data)
        check_extents(data)
        container = pi_heif.open_heif(data, convert_hdr_to_8bit=False, hdr_to_16bit=False)
        image = container[container.primary_index]
        check_size(path, image.size[0], image.size[1], len(data))
        done = heif_transformations(data)
        # A copy: the decoder's memory goes with the decoder.
        raster = np.array(image)
    bits = image.info["bit_depth"]
    icc, untagged = image.info.get("icc_profile"), _untagged_space(path, image)
    if raster.dtype == np.uint8 and not image.premultiplied_alpha:
        samples, alpha, space = pillow_samples(Image.fromarray(raster), path, icc, untagged)
    else:
        with decoding(path, "HEIC"):
            samples, alpha = _straight(_full_range(raster, bits), image.premultiplied_alpha)
        space = integer_space(path, icc, samples.shape[-1] if samples.ndim == 3 else 1, untagged)
    packets = [xmp for _, xmp in find_xmp(data)]
    notes: list[str] = []
    depth = None
    with passing_over(path, notes, "depth map"):
        depth = _depth(path, len(data), image, packets, done)
    mattes = _mattes(path, len(data), image, done, notes)
    return Stored(
        "HEIC",
        samples,
        space,
        f"{bits}-bit",
        alpha,
        load_exif(image.info["exif"] or b""),
        done.primary.orientation,
        upright=True,
        window=done.primary.window,
        embedded_depth=depth,
        mattes=mattes,
        notes=tuple(notes),
    )


def as_primary(raster: np.ndarray, own: Transformation, primary: Transformation) -> np.ndarray:
    """An auxiliary picture, which its own properties have transformed, as if the primary's had: both show one frame.

    One with a window of its own has been cut already, to show what the primary does.
    """
    if own.window == WHOLE:
        raster = cut_raster(raster, orient_window(primary.window, own.orientation))
    return orient_raster(raster, chain(inverse(own.orientation), primary.orientation))


def _straight(raster: np.ndarray, premultiplied: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """(h, w[, c]) with c = 1 to 4 as straight samples and alpha."""
    if raster.ndim == 2 or raster.shape[2] == 3:
        return raster, None
    alpha = opaque_to_none(raster[..., -1])
    samples = np.ascontiguousarray(raster[..., 0] if raster.shape[2] == 2 else raster[..., :3])
    if premultiplied and alpha is not None:
        weight = np.maximum(alpha, 1e-6) if samples.ndim == 2 else np.maximum(alpha, 1e-6)[..., None]
        samples = np.minimum(samples / np.float32(np.iinfo(samples.dtype).max) / weight, 1).astype(np.float32)
    return samples, alpha


def _full_range(raster: np.ndarray, bits: int) -> np.ndarray:
    """10 or 12 bits in a 16-bit word, spread over all 16."""
    if raster.dtype == np.uint8 or bits == 16:
        return raster
    if raster.max() >= 1 << bits:
        raise ValueError(f"its samples do not fit the {bits} bits that it says")
    levels = np.round(np.arange(1 << bits) * (65535 / ((1 << bits) - 1))).astype(np.uint16)
    return levels[raster]


def _untagged_space(path: object, image) -> ColourSpace:
    nclx = image.info.get("nclx_profile")
    if not nclx:
        return SRGB
    try:
        return colour_space_from_cicp(nclx["color_primaries"], nclx["transfer_characteristics"])
    except ValueError as error:
        raise FileError(path, str(error)) from error


def _depth(path: object, file_bytes: int, image, packets: list[Xmp], done: HeifTransformations) -> EmbeddedDepth | None:
    if not image.info["depth_images"]:
        return None
    stored = image.info["depth_images"][0]
    check_size(path, stored.size[0], stored.size[1], file_bytes)
    with decoding(path, "HEIC depth map"):
        samples = _grey(np.array(stored))
    own = done.items.get(done.depth_item or -1, done.primary)
    samples = as_primary(samples, own, done.primary)
    metadata = stored.info.get("metadata") or {}
    xmp = next((xmp for xmp in packets if phone_maps.auxiliary_subtype(xmp) in ("disparity", "depth")), {})
    absolute = phone_maps.depth_is_absolute(xmp)
    kind = metadata.get("representation_type")
    if kind == _INVERSE_Z and {"z_near", "z_far"} <= metadata.keys() and min(metadata["z_near"], metadata["z_far"]) > 0:
        low, high = 1 / metadata["z_far"], 1 / metadata["z_near"]
        return phone_maps.embedded_depth(samples, low, high, absolute=absolute)
    if kind == _DISPARITY and {"d_min", "d_max"} <= metadata.keys():
        return phone_maps.embedded_depth(samples, metadata["d_min"], metadata["d_max"], absolute=absolute)
    value_range = phone_maps.depth_range(xmp)
    if value_range is None:
        return None
    metres = kind == _Z or phone_maps.auxiliary_subtype(xmp) == "depth"
    return phone_maps.embedded_depth(samples, *value_range, metres=metres, absolute=absolute)


def _mattes(path: object, file_bytes: int, image, done: HeifTransformations, notes: list[str]) -> dict[str, np.ndarray]:
    mattes = {}
    for urn, ids in image.info.get("aux", {}).items():
        name = phone_maps.matte_name(urn)
        if name is None or not ids:
            continue
        with passing_over(path, notes, f"{name} matte"):
            with decoding(path, f"HEIC {name} matte"):
                stored = image.get_aux_image(ids[0])
                check_size(path, stored.size[0], stored.size[1], file_bytes)
                samples = _grey(np.array(stored))
            own = done.items.get(ids[0], done.primary)
            mattes[name] = phone_maps.matte_from(as_primary(samples, own, done.primary))
    return mattes


def _grey(raster: np.ndarray) -> np.ndarray:
    return raster if raster.ndim == 2 else raster[..., 0]
