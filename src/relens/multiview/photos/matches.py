"""Tracks: points that several photos show, found by matching pictures without their poses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from relens.multiview.photos.load import LoadedPhoto
from relens.multiview.photos.stand import view_angles
from relens.progress import Progress, silent

# Each photo is matched with so many that stand and look most alike, and with those beside it in the row of names,
# which still finds the right ones where a pose is wrong.
_NEAREST, _BESIDE = 4, 2
# Up to so many photos, all with all.
_ALL_PAIRS = 9
_WIDEST_RAD = np.radians(70)
_MOST_FEATURES = 2500
# Of a feature; a quarter of OpenCV's own, since walls and skin have little.
_LEAST_CONTRAST = 0.01
# Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", 2004: how much better the best match has to be.
_RATIO = 0.8
# How far a match may lie from the epipolar line of the fundamental matrix, and how many of them, at least which part,
# have to agree on one: to a few some matrix always fits.
_EPIPOLAR_PX = 1.0
_LEAST_MATCHES, _LEAST_SHARE = 20, 0.5


@dataclass(frozen=True)
class Tracks:
    """Points seen from two or more photos, one row a sighting.

    Attributes:
        photo: index of the photo.
        track: index of the point, 0 to `count` - 1.
        pixel: (n, 2) column and row in the photo's `grey`.
        count: of points.
    """

    photo: Int64[np.ndarray, " n"]
    track: Int64[np.ndarray, " n"]
    pixel: Float64[np.ndarray, "n 2"]
    count: int


def find_tracks(photos: Sequence[LoadedPhoto], progress: Progress = silent) -> Tracks:
    """What photos that stand near each other, or follow each other by name, show in common.

    SIFT features whose match is mutual, clearly the best, and in agreement with one fundamental matrix a pair of
    photos, which is fitted to the pixels alone: wrong poses do not hide what they contradict. The same photos give the
    same tracks.
    """
    import cv2

    sift = cv2.SIFT.create(_MOST_FEATURES, contrastThreshold=_LEAST_CONTRAST)
    pixels, features = [], []
    for index, photo in enumerate(photos):
        progress("matching photos", 0.5 * index / len(photos))
        points, found = sift.detectAndCompute(photo.grey, None)
        # OpenCV's pixel centres are whole numbers.
        pixels.append(np.array([point.pt for point in points], np.float64).reshape(-1, 2) + 0.5)
        # Roots of the parts: Arandjelovic, "Three things everyone should know", 2012.
        features.append(_roots(found))
    pairs = _pairs(photos)
    starts = np.cumsum([0, *(len(rows) for rows in pixels)])
    links = []
    for number, (a, b) in enumerate(pairs):
        progress("matching photos", 0.5 + 0.5 * number / len(pairs))
        links.append(_matches(features[a], features[b], pixels[a], pixels[b]) + starts[[a, b]])
    chains = np.concatenate(links) if links else np.empty((0, 2), np.int64)
    return _chained(chains.astype(np.int64), np.concatenate(pixels), starts)


def _roots(features: np.ndarray | None) -> np.ndarray:
    if features is None:
        return np.empty((0, 128), np.float32)
    return np.sqrt(features / np.maximum(features.sum(axis=1, keepdims=True), 1e-6))


def _pairs(photos: Sequence[LoadedPhoto]) -> list[tuple[int, int]]:
    count = len(photos)
    if count <= _ALL_PAIRS:
        return [(a, b) for a in range(count) for b in range(a + 1, count)]
    eyes = np.array([photo.camera.eye_m for photo in photos])
    apart = np.linalg.norm(eyes[:, None] - eyes, axis=2)
    angle = view_angles([photo.camera for photo in photos])
    unalike = apart / max(float(np.median(apart)), 1e-12) + angle / np.radians(30)
    unalike[angle > _WIDEST_RAD] = np.inf
    np.fill_diagonal(unalike, np.inf)
    pairs = set()
    for a in range(count):
        near = [int(b) for b in np.argsort(unalike[a], kind="stable")[:_NEAREST] if np.isfinite(unalike[a, b])]
        pairs.update((min(a, b), max(a, b)) for b in near + list(range(a + 1, min(a + 1 + _BESIDE, count))))
    return sorted(pairs)


def _matches(first: np.ndarray, second: np.ndarray, first_px: np.ndarray, second_px: np.ndarray) -> np.ndarray:
    """(m, 2) indices of features that belong together."""
    import cv2

    if min(len(first), len(second)) < _LEAST_MATCHES:
        return np.empty((0, 2), np.int64)
    alike = first @ second.T
    there, back = alike.argmax(axis=1), alike.argmax(axis=0)
    rows = np.arange(len(first))
    best = alike[rows, there]
    alike[rows, there] = -1
    # Of unit vectors, the squared distance is 2 - 2 times the product.
    clear = (1 - best) < _RATIO**2 * (1 - alike.max(axis=1))
    rows = rows[clear & (back[there] == rows)]
    if len(rows) < _LEAST_MATCHES:
        return np.empty((0, 2), np.int64)
    # OpenCV 5's USAC fails on some sets; this one is as repeatable.
    _, inlier = cv2.findFundamentalMat(first_px[rows], second_px[there[rows]], cv2.FM_RANSAC, _EPIPOLAR_PX, 0.999, 5000)
    if inlier is None or inlier.sum() < max(_LEAST_MATCHES, _LEAST_SHARE * len(rows)):
        return np.empty((0, 2), np.int64)
    rows = rows[inlier.ravel() > 0]
    return np.stack([rows, there[rows]], axis=1)


def _chained(links: Int64[np.ndarray, "m 2"], pixels: Float64[np.ndarray, "f 2"], starts: np.ndarray) -> Tracks:
    """Features joined by links are one point, unless that had two places in one photo."""
    root = np.arange(len(pixels))
    while True:
        least = root.copy()
        np.minimum.at(least, links[:, 0], root[links[:, 1]])
        np.minimum.at(least, links[:, 1], root[links[:, 0]])
        least = least[least]
        if (least == root).all():
            break
        root = least
    used = np.unique(links)
    photo = np.searchsorted(starts, used, side="right") - 1
    track = root[used]
    _, first, times = np.unique(np.stack([track, photo], axis=1), axis=0, return_index=True, return_counts=True)
    doubled = np.unique(track[first[times > 1]])
    keep = ~np.isin(track, doubled)
    names, renamed = np.unique(track[keep], return_inverse=True)
    return Tracks(photo[keep].astype(np.int64), renamed.ravel().astype(np.int64), pixels[used[keep]], len(names))
