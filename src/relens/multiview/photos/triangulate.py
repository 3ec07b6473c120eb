"""Triangulation of tracks with given poses, and how far each sighting lies from where the poses put it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from relens.camera import Camera
from relens.multiview.photos.matches import Tracks


@dataclass(frozen=True)
class Triangulated:
    """Points of tracks, and their sightings' errors.

    Attributes:
        points: (t, 3) in the cameras' world; NaN for tracks that fewer than two of the used sightings show.
        error_px: (n,) a sighting's distance from where the poses put its point, in pixels of its camera; infinite for
            points behind it, NaN for unused ones.
        depth: (n,) of the point along the camera's axis; infinite where the rays are as good as parallel.
        angle_rad: (t,) the widest angle from which the sightings see the point, from their mean direction, doubled.
    """

    points: Float64[np.ndarray, "t 3"]
    error_px: Float64[np.ndarray, " n"]
    depth: Float64[np.ndarray, " n"]
    angle_rad: Float64[np.ndarray, " t"]


def triangulate(tracks: Tracks, cameras: Sequence[Camera], used: Bool[np.ndarray, " n"]) -> Triangulated:
    """The point nearest to the rays of every track's used sightings, weighted so that pixels count, not metres.

    cameras: of the photos' `grey`, in one world.
    """
    eyes = np.array([camera.eye_m for camera in cameras])[tracks.photo]
    rotation = np.array([camera.rotation for camera in cameras])[tracks.photo]
    k = np.array([_pinhole(camera) for camera in cameras]).reshape(-1, 4)[tracks.photo]
    local = np.concatenate([(tracks.pixel - k[:, 2:]) / k[:, :2], np.ones((len(k), 1))], axis=1)
    ray = np.einsum("nij,nj->ni", rotation, local)
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    across = np.eye(3) - ray[:, :, None] * ray[:, None, :]
    enough = np.bincount(tracks.track[used], minlength=tracks.count) >= 2
    weight = used.astype(np.float64)
    points = np.zeros((tracks.count, 3))
    for _ in range(3):
        points = _nearest(tracks, across * weight[:, None, None], eyes)
        away = np.linalg.norm(points[tracks.track] - eyes, axis=1)
        weight = used / np.maximum(away, 1e-12) ** 2
    points[~enough] = np.nan
    seen = np.einsum("nij,ni->nj", rotation, points[tracks.track] - eyes)
    mean = _mean_rays(tracks, ray, used)
    error = _off_px(seen, tracks.pixel, k)
    # Rays that are parallel, but for the pixels' noise, meet anywhere, before or behind the cameras: at infinity.
    far_error = _off_px(np.einsum("nij,ni->nj", rotation, mean[tracks.track]), tracks.pixel, k)
    far = (_worst(tracks, far_error, used) < _worst(tracks, error, used))[tracks.track]
    error = np.where(far, far_error, error)
    error[~used | ~enough[tracks.track]] = np.nan
    # The chord, which stays exact for small angles.
    off_rad = 2 * np.arcsin(np.clip(np.linalg.norm(ray - mean[tracks.track], axis=1) / 2, 0, 1))
    return Triangulated(points, error, np.where(far, np.inf, seen[:, 2]), 2 * _worst(tracks, off_rad, used))


def _pinhole(camera: Camera) -> tuple[float, float, float, float]:
    k = camera.intrinsics
    return k.fx_px, k.fy_px, k.cx_px, k.cy_px


def _nearest(tracks: Tracks, across: np.ndarray, eyes: np.ndarray) -> Float64[np.ndarray, "t 3"]:
    matrix, right = np.zeros((tracks.count, 3, 3)), np.zeros((tracks.count, 3))
    np.add.at(matrix, tracks.track, across)
    np.add.at(right, tracks.track, np.einsum("nij,nj->ni", across, eyes))
    # Rays that are parallel, or only one, must not stop the others.
    size = np.trace(matrix, axis1=1, axis2=2)
    matrix += (1e-12 * size + np.where(size > 0, 0, 1))[:, None, None] * np.eye(3)
    return np.linalg.solve(matrix, right[:, :, None])[:, :, 0]


def _mean_rays(tracks: Tracks, ray: np.ndarray, used: np.ndarray) -> Float64[np.ndarray, "t 3"]:
    mean = np.zeros((tracks.count, 3))
    np.add.at(mean, tracks.track[used], ray[used])
    return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)


def _off_px(seen: np.ndarray, pixel: np.ndarray, k: np.ndarray) -> Float64[np.ndarray, " n"]:
    """How far from `pixel` a camera sees a point in its axes; infinite for what is behind it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.linalg.norm(seen[:, :2] / seen[:, 2:] * k[:, :2] + k[:, 2:] - pixel, axis=1)
    return np.where(seen[:, 2] > 0, error, np.inf)


def _worst(tracks: Tracks, values: np.ndarray, used: np.ndarray) -> Float64[np.ndarray, " t"]:
    worst = np.zeros(tracks.count)
    np.maximum.at(worst, tracks.track[used], values[used])
    return worst
