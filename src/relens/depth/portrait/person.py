"""The depth of a person around the face: the head rounds off, the body hangs below it."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from relens.camera import Intrinsics
from relens.depth.fill import push_pull
from relens.depth.portrait.relief import face_relief
from relens.face import Distance, Face
from relens.face.distance import face_points
from relens.face.face import CHIN

# Metres, in adults. The head's middle lies behind the middle of the face; the chest's front a little before it.
_HEAD_BEHIND_FACE_M, _CHEST_BEFORE_HEAD_M = 0.09, 0.065
# Beyond the face the head curves away like a ball of this radius, but not further than this.
_HEAD_RADIUS_M, _MOST_CURVED_M = 0.10, 0.06
# From the chin down, the head's shape passes into the body's over this length.
_NECK_M = 0.12
# The face's own depth is felt over these lengths: in the head, and in the body.
_HEAD_REACH_M, _BODY_REACH_M = 0.03, 0.08
# One standard deviation, metres: on the face, in the head around it, and in the body, growing with the way down.
_FACE_SD_M, _HEAD_SD_M, _BODY_SD_M, _SD_PER_M, _MOST_SD_M = 0.008, 0.025, 0.05, 0.15, 0.25
# The mask has overlooked somebody of whose face it covers less than this.
_OVERLOOKED = 0.5


@dataclass(frozen=True)
class Person:
    """What is known of a person's depth on the grid.

    Attributes:
        mine: (h, w) the person's pixels.
        face: (h, w) those of the face among them.
        inverse_depth: (h, w) 1/m, everywhere; it is the person's only where the person is.
        spread: (h, w) one standard deviation of log-depth.
    """

    mine: Bool[np.ndarray, "h w"]
    face: Bool[np.ndarray, "h w"]
    inverse_depth: Float32[np.ndarray, "h w"]
    spread: Float32[np.ndarray, "h w"]


def person_depth(
    face: Face, distance: Distance, share: Bool[np.ndarray, "h w"], intrinsics: Intrinsics, scale: float
) -> Person:
    """The depth of the person with this face.

    The mesh of the face, at its distance, gives the face. Off it, depth follows the shape of a head and a chest, and a
    membrane that is tied to them (screened Poisson) makes the passage smooth.

    share: the people's pixels that are nearest to this face. intrinsics: of the photo. scale: grid pixels per photo
    pixel.
    """
    z_m = face_points(face, intrinsics, distance.z_m)[:, 2]
    relief_m = face_relief(face, z_m, scale, share.shape)
    drawn = ~np.isnan(relief_m)
    # The mesh runs on behind the outline of a head that is thrown back; a face off the mask has been overlooked there.
    overlooked = bool(drawn.any()) and float(share[drawn].mean()) < _OVERLOOKED
    mine = share | drawn if overlooked else share
    known = drawn & mine
    if not known.any():
        nothing = np.full(share.shape, np.float32(1 / np.median(z_m)))
        return Person(mine, known, nothing, np.full(share.shape, np.float32(1)))

    middle_m = float(np.median(relief_m[known]))
    m_per_px = middle_m / (intrinsics.fx_px * scale)
    below_m = _below_chin_px(face, share.shape, scale) * m_per_px
    body = np.clip(below_m / _NECK_M, 0, 1)
    body = body * body * (3 - 2 * body)
    beyond_px, rim_m = _rim(relief_m, known)
    head_m = rim_m + np.minimum(_ball(beyond_px * m_per_px), _MOST_CURVED_M)
    prior_m = (1 - body) * head_m + body * _chest_m(face, middle_m)
    reach_px = np.maximum(((1 - body) * _HEAD_REACH_M + body * _BODY_REACH_M) / m_per_px, 0.7)
    # The membrane forgets its surroundings over about 0.7 / sqrt(weight) pixels.
    weight = np.where(known, 1, np.where(mine, (0.7 / reach_px) ** 2, 0)).astype(np.float32)
    inverse = (1 / np.where(known, relief_m, prior_m)).astype(np.float32)
    off_m = np.minimum(np.hypot(_HEAD_SD_M, body * (_BODY_SD_M + _SD_PER_M * np.maximum(below_m, 0))), _MOST_SD_M)
    filled = push_pull(inverse[..., None], weight)[..., 0]
    spread = np.hypot(distance.spread, np.where(known, _FACE_SD_M, off_m) * filled)
    return Person(mine, known, filled, spread.astype(np.float32))


def down_px(face: Face) -> Float[np.ndarray, "2"]:
    """Unit vector down the body, in the picture: along its columns or rows, whichever the head's turn is nearer to."""
    quarter = round(face.roll_rad / (math.pi / 2)) * math.pi / 2
    return np.array([-math.sin(quarter), math.cos(quarter)]).round()


def _below_chin_px(face: Face, shape: tuple[int, ...], scale: float) -> Float[np.ndarray, "h w"]:
    down = down_px(face)
    x, y = face.mesh_px[CHIN, :2] * scale
    rows, columns = np.arange(shape[0])[:, None] + 0.5, np.arange(shape[1]) + 0.5
    return (columns - x) * down[0] + (rows - y) * down[1]


def _rim(
    relief_m: Float32[np.ndarray, "h w"], known: Bool[np.ndarray, "h w"]
) -> tuple[Float32[np.ndarray, "h w"], Float32[np.ndarray, "h w"]]:
    """How far every pixel is from the face, pixels, and the face's depth where it is nearest, metres."""
    import cv2

    off = (~known).astype(np.uint8)
    away_px, labels = cv2.distanceTransformWithLabels(off, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    labels = np.asarray(labels, np.intp)
    depths = np.zeros(int(labels.max()) + 1, np.float32)
    depths[labels[known]] = relief_m[known]
    return np.asarray(away_px, np.float32), depths[labels]


def _ball(beyond_m: Float[np.ndarray, "h w"]) -> Float[np.ndarray, "h w"]:
    """How much farther a ball's surface is, so far beyond where it faces the camera."""
    part = np.minimum(beyond_m / _HEAD_RADIUS_M, 1)
    return _HEAD_RADIUS_M * (1 - np.sqrt(1 - part * part))


def _chest_m(face: Face, middle_m: float) -> float:
    """z-depth of the chest: below the middle of the head, which the head's turn places behind the face."""
    facing = math.cos(face.yaw_rad) * math.cos(face.pitch_rad)
    return middle_m + _HEAD_BEHIND_FACE_M * facing - _CHEST_BEFORE_HEAD_M
