"""Figures of docs/how/depth.md: irises, a silhouette brought to the photo's size, a matte from coarse to fine."""

from pathlib import Path

import numpy as np
from sample import SEATED, SELFIE, crop, enlarged, grey, half_photo, save_sheet

from relens import find_depth
from relens.explain.contact_sheet import Tile
from relens.explain.depth_preview import depth_preview

_SILHOUETTE = (690, 520, 990, 820)
# Between the ear and the wall.
_NOTHING_M = (0.55, 0.9)
_OUTLINE = (560, 720, 960, 1120)


def iris(folder: Path) -> None:
    """A face with its irises marked; what they say of its distance, and what the phone measured."""
    import cv2

    from relens.depth.metric_scale import check_scale
    from relens.face import find_faces

    photo = half_photo(SELFIE)
    face = find_faces(photo)[0]
    check = check_scale(find_depth(photo, "phone"), photo)
    assert check is not None
    marked = np.clip(photo.linear, 0, 1).copy()
    for eye in face.eyes:
        axes = tuple(float(length) / 2 for length in eye.iris_px)
        # OpenCV counts from the middle of the first pixel.
        centre = (float(eye.centre_px[0] - 0.5), float(eye.centre_px[1] - 0.5))
        angle = float(np.degrees(eye.angle_rad))
        # Sixteenths of a pixel, as OpenCV counts them.
        whole = tuple(round(16 * part) for part in centre), tuple(round(16 * part) for part in axes)
        cv2.ellipse(marked, whole[0], whole[1], angle, 0, 360, (0.9, 0.75, 0.05), 1, cv2.LINE_AA, 4)
    x, y = np.mean([eye.centre_px for eye in face.eyes], axis=0).astype(int)
    tiles = []
    for eye, side in zip(face.eyes, ("left", "right"), strict=True):
        u, v = eye.centre_px.astype(int)
        words = f"{eye.iris_px[0]:.1f} x {eye.iris_px[1]:.1f} px for 11.7 mm"
        near = enlarged(crop(marked, (u - 60, v - 40, u + 60, v + 40)), 4)
        tiles.append(Tile(near, f"the picture's {side} eye", words))
    reading = check.readings[0]
    words = f"phone {reading.depth_m:.3f} m: ratio {check.ratio:.3f}, sure to {check.spread:.0%}"
    face_crop = crop(marked, (x - 240, y - 160, x + 240, y + 160))
    tiles.append(Tile(face_crop, f"irises: the face is at {reading.face_m:.3f} m", words))
    save_sheet(folder / "iris.jpg", tiles, 3, 440)


def floating_share(inverse_depth: np.ndarray, nearest_m: float, farthest_m: float) -> float:
    """Part of the pixels that lie at distances where nothing is."""
    return float(((inverse_depth < 1 / nearest_m) & (inverse_depth > 1 / farthest_m)).mean())


def edges(folder: Path) -> None:
    """A silhouette: the phone's depth enlarged bilinearly and fitted, and how many pixels float in between."""
    import cv2

    from relens.depth.fit import fit_depth
    from relens.matte.matte import find_matte

    photo = half_photo(SELFIE)
    depth = find_depth(photo, "phone")
    size = photo.width_px, photo.height_px
    bilinear = cv2.resize(depth.inverse_depth, size, interpolation=cv2.INTER_LINEAR)
    planes = {
        "bilinear": bilinear, "by the photo's colours": fit_depth(depth, photo),
        "by the matte": fit_depth(depth, photo, find_matte(photo)),
    }  # fmt: skip
    tiles = [Tile(crop(photo.linear, _SILHOUETTE), "photo", "300 x 300 px of it")]
    for words, plane in planes.items():
        part = crop(np.asarray(plane, np.float32), _SILHOUETTE)
        floating = f"{floating_share(part, *_NOTHING_M):.1%} float at 0.55 to 0.9 m"
        tiles.append(Tile(depth_preview(part), words, floating))
    save_sheet(folder / "edges.jpg", tiles, 4, 340)


def matte(folder: Path) -> None:
    """From a coarse mask of a person to alpha: what each step has settled."""
    import cv2

    from relens.depth.fit import fit_depth
    from relens.matte.refine import refine
    from relens.matte.states import trimap

    photo = half_photo(SEATED)
    depth = find_depth(photo, "phone")
    # A coarse mask, as a network of 96 pixels would give it: made from the phone's own matte.
    coarse = cv2.resize(photo.mattes["portrait"], (96, 128), interpolation=cv2.INTER_AREA)
    mask = (coarse > 0.5).astype(np.float32)
    found = refine(photo.linear, mask, inverse_depth=fit_depth(depth, photo))
    from relens.matte.pyramid import halved_plane
    from relens.matte.semantic import semantic_pass

    small = halved_plane(halved_plane(photo.linear))
    first = semantic_pass(small, mask, 2.0 * max(small.shape[:2]) / max(mask.shape))
    big = cv2.resize(mask, (photo.width_px, photo.height_px), interpolation=cv2.INTER_NEAREST)
    band = cv2.resize(trimap(first.states), (photo.width_px, photo.height_px), interpolation=cv2.INTER_NEAREST)
    left = trimap(found.states)
    open_share = f"grey: {(band == 0.5).mean():.1%} of the photo is open"
    tiles = [
        Tile(crop(photo.linear, _OUTLINE), "photo", ""),
        Tile(grey(crop(big, _OUTLINE)), "coarse mask", "96 x 128 for the whole photo"),
        Tile(grey(crop(band, _OUTLINE)), "after the semantic pass", open_share),
        Tile(grey(crop(found.alpha, _OUTLINE)), "alpha", "solved in the band, coarse to fine"),
        Tile(grey(crop(left, _OUTLINE)), "never settled", f"grey: {(left == 0.5).mean():.1%}, soft by nature"),
    ]
    save_sheet(folder / "matte.jpg", tiles, 5, 280)


FIGURES = {"iris": iris, "edges": edges, "matte": matte}
