"""JPEG, and the further frames in which phones keep depth and mattes (MPO)."""

import io
import warnings

import numpy as np
from PIL import Image, JpegImagePlugin, MpoImagePlugin

from relens.photo import phone_maps
from relens.photo.exif import load_exif, orientation_of
from relens.photo.jpeg_segments import check_scans
from relens.photo.photo import EmbeddedDepth
from relens.photo.pillow_samples import pillow_samples
from relens.photo.stored import Stored, check_size, decoding, passing_over
from relens.photo.xmp import find_xmp


def read_jpeg(path: object, data: bytes) -> Stored:
    """Decode the first picture, and the depth and mattes of the others. Raises FileError."""
    notes: list[str] = []
    with decoding(path, "JPEG"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            image = JpegImagePlugin.jpeg_factory(io.BytesIO(data))
        if any("MPO" in str(warning.message) for warning in caught):
            notes.append("the pictures behind the first, depth maps among them, are left out: their index is damaged")
        check_size(path, *image.size, len(data), len(image.getbands()))
        check_scans(data)
        image.load()
    samples, alpha, space = pillow_samples(image, path, image.info.get("icc_profile"))
    exif = load_exif(image.info.get("exif", b""))
    depth, mattes = _further_frames(path, data, image, notes)
    return Stored(
        "JPEG",
        samples,
        space,
        alpha=alpha,
        exif=exif,
        orientation=orientation_of(exif),
        embedded_depth=depth,
        mattes=mattes,
        notes=tuple(notes),
    )


def _further_frames(
    path: object, data: bytes, image: Image.Image, notes: list[str]
) -> tuple[EmbeddedDepth | None, dict[str, np.ndarray]]:
    depth, mattes = None, {}
    if not isinstance(image, MpoImagePlugin.MpoImageFile):
        return depth, mattes
    offsets = []
    with passing_over(path, notes, "rest of the pictures"), decoding(path, "JPEG"):
        for index in range(1, image.n_frames):
            image.seek(index)
            offsets.append(image.offset)
    ends = [*offsets[1:], len(data)][: len(offsets)]
    for start, end in zip(offsets, ends, strict=True):
        # Each frame is a JPEG of its own with its own XMP, right behind its start.
        frame = data[start:end]
        xmp = next((xmp for _, xmp in find_xmp(frame)), {})
        kind = phone_maps.auxiliary_subtype(xmp)
        name = phone_maps.matte_name(kind)
        value_range = phone_maps.depth_range(xmp)
        if name is None and (kind not in ("disparity", "depth") or value_range is None):
            continue
        with passing_over(path, notes, "depth map" if name is None else f"{name} matte"):
            samples = _grey(path, frame)
            if name is not None:
                mattes[name] = phone_maps.matte_from(samples)
            elif depth is None and value_range is not None:
                absolute, integers = phone_maps.depth_is_absolute(xmp), phone_maps.integer_range(xmp)
                depth = phone_maps.embedded_depth(
                    samples, *value_range, metres=kind == "depth", absolute=absolute, integers=integers
                )
    return depth, mattes


def _grey(path: object, frame: bytes) -> np.ndarray:
    with decoding(path, "JPEG depth frame"):
        check_scans(frame)
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(frame))
        check_size(path, *image.size, len(frame))
        return np.asarray(image.convert("L"))
