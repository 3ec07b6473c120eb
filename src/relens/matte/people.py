"""People: a coarse mask for each person of a photo, and which of them is the subject."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from relens.face import Face, find_faces, person_mask
from relens.matte.steps import appearance, step_costs
from relens.photo import Photo

_LONGEST_PX = 512
_PERSON = 0.5
# Who has less of the face on the mask has been overlooked by the network.
_LEAST_FACE = 0.5
# The way across a person costs this for each width of the face, and down, since bodies hang below their faces; a pixel
# off the mask, so much; a step of colour, or depth, at most so much.
_ACROSS_COST, _DOWN_COST, _OFF_COST, _COLOUR_COST, _DEPTH_COST = 4.0, 1.0, 1.0, 0.3, 50.0
# An island without a face is a person seen from behind from so many squares of a face's width on.
_LARGE_ISLAND = 4.0
# A face so far from the middle, in half diagonals, counts half as much as one in it.
_HALF_AT = 0.6


@dataclass(frozen=True)
class People:
    """The people of a photo.

    Attributes:
        masks: (h, w) each, coverage 0 to 1, at most 512 pixels long, in the photo's aspect; the subject's comes first,
            no two overlap.
        faces: how many of them show theirs; those without come last.
    """

    masks: tuple[Float32[np.ndarray, "h w"], ...]
    faces: int


def find_people(
    photo: Photo,
    inverse_depth: Float32[np.ndarray, "_ _"] | None = None,
    depth_uncertainty: Float32[np.ndarray, "_ _"] | None = None,
) -> People | None:
    """Every person of a photo in which a face is seen; None without one.

    The selfie network's mask of all people is divided between the faces: each pixel goes to the face from which the way
    to it, on the mask and over steps of colour and depth, is cheapest. The subject is the largest face, those near the
    photo's middle counting most.

    inverse_depth: 1/m, NaN where unknown, any resolution of the photo's aspect. depth_uncertainty: one standard
    deviation of log-depth. Raises MissingPackageError without the extra `portrait`.
    """
    faces = find_faces(photo)
    if not faces:
        return None
    mask = person_mask(photo, faces, _LONGEST_PX)
    scale = mask.shape[1] / photo.width_px
    faces = tuple(face for face in faces if _share(_face_pixels(face, mask.shape, scale), mask) >= _LEAST_FACE)
    if not faces:
        return None
    faces = tuple(sorted(faces, key=lambda face: -_weight(face, photo)))
    seeds = [_face_pixels(face, mask.shape, scale) & (mask >= _PERSON) for face in faces]
    width_px = float(np.mean([face.width_px for face in faces])) * scale
    owner = divided(mask, seeds, width_px, *_steps(photo, inverse_depth, depth_uncertainty, seeds[0]))
    owner = _faceless(mask, owner, seeds, _LARGE_ISLAND * min(face.width_px * scale for face in faces) ** 2)
    masks = [np.where(owner == number, mask, 0).astype(np.float32) for number in range(int(owner.max()) + 1)]
    return People(tuple(masks), len(faces))


def divided(
    mask: Float32[np.ndarray, "h w"],
    seeds: list[Bool[np.ndarray, "h w"]],
    width_px: float,
    across: Float32[np.ndarray, "h w1"],
    down: Float32[np.ndarray, "h1 w"],
) -> np.ndarray:
    """The number of the seed that is nearest to each pixel, on the mask and over the steps' costs; (h, w) int.

    Of two seeds that are as near, the first has it. width_px: of a face, the measure of what is near.
    """
    from relens.matte.geodesic import geodesic

    off = np.where(mask >= _PERSON, np.float32(0), np.float32(_OFF_COST))
    across = across + (off[:, 1:] + off[:, :-1]) / 2 + np.float32(_ACROSS_COST / width_px)
    down = down + (off[1:] + off[:-1]) / 2 + np.float32(_DOWN_COST / width_px)
    away = [geodesic(np.where(seed, np.float32(0), np.float32(np.inf)), across, down) for seed in seeds]
    return np.argmin(np.stack(away), axis=0)


def _steps(
    photo: Photo, inverse: np.ndarray | None, uncertainty: np.ndarray | None, face: Bool[np.ndarray, "h w"]
) -> list[np.ndarray]:
    """What steps across and down cost: a little for colour, since clothes are of many, and all that depth says."""
    shape = face.shape[0], face.shape[1]
    by_colour = step_costs(appearance(photo.linear, None, None, shape, face))
    costs = [np.minimum(cost, np.float32(_COLOUR_COST)) for cost in by_colour]
    if inverse is not None and np.isfinite(inverse).any():
        by_depth = step_costs(appearance(None, inverse, uncertainty, shape, face))
        # A wall is dear rather than shut: what hides a part of somebody stands between.
        costs = [one + np.minimum(other, np.float32(_DEPTH_COST)) for one, other in zip(costs, by_depth, strict=True)]
    return costs


def _faceless(
    mask: Float32[np.ndarray, "h w"], owner: np.ndarray, seeds: list[Bool[np.ndarray, "h w"]], least_px: float
) -> np.ndarray:
    """The owners, with a number of its own for each large island that no face is on."""
    import cv2

    count, islands, stats, _ = cv2.connectedComponentsWithStats((mask >= _PERSON).astype(np.uint8), connectivity=8)
    inhabited = np.unique(np.asarray(islands)[np.logical_or.reduce(seeds)])
    number = len(seeds)
    for island in range(1, count):
        if island not in inhabited and stats[island, cv2.CC_STAT_AREA] >= least_px:
            # Its soft edge goes with it.
            around = cv2.dilate((np.asarray(islands) == island).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
            owner = np.where(around & ((np.asarray(islands) == island) | (np.asarray(islands) == 0)), number, owner)
            number += 1
    return owner


def _weight(face: Face, photo: Photo) -> float:
    away_px = math.hypot(*(face.centre_px - np.array([photo.width_px, photo.height_px]) / 2))
    half_px = math.hypot(photo.width_px, photo.height_px) / 2
    return face.width_px * 0.5 ** ((away_px / half_px / _HALF_AT) ** 2)


def _face_pixels(face: Face, shape: tuple[int, ...], scale: float) -> Bool[np.ndarray, "h w"]:
    """Where the face is: the hull of its mesh."""
    import cv2

    drawn = np.zeros(shape, np.uint8)
    hull = cv2.convexHull((face.mesh_px[:, :2] * np.float32(scale)).astype(np.int32))
    cv2.fillConvexPoly(drawn, hull, 1)
    return drawn > 0


def _share(pixels: Bool[np.ndarray, "h w"], mask: Float32[np.ndarray, "h w"]) -> float:
    return float(mask[pixels].mean()) if pixels.any() else 0.0
