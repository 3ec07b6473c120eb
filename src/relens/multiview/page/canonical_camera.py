"""The pseudo canonical camera: the view in which the page shows what all photos saw.

After AGAP (arXiv 2312.06657, section 3.2): a perspective camera, a panorama, or an object unrolled from outside.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float, Float64

from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.multiview.photo_set import PhotoSet
from relens.ranges import number

Kind = Literal["perspective", "panorama", "object"]
KINDS = ("perspective", "panorama", "object")

# A perspective page goes no farther off its axis; what is beyond lies on its rim.
_WIDEST_RAD = np.radians(70)
_AXIS_SHARE = np.cos(_WIDEST_RAD)
# Cameras that all look within this of their mean stand before a subject, and its face belongs on a page as they see it;
# an object is unrolled only where they go round it.
_BEFORE_RAD = np.radians(80)


@dataclass(frozen=True)
class CanonicalCamera:
    """The pseudo canonical camera.

    | kind | where it is | x, y | nearness |
    |---|---|---|---|
    | perspective | at `pose`, ahead is +z | X/Z, Y/Z | 1/Z, 1/m |
    | panorama | at `pose`, the page's middle is +z | azimuth to the right, elevation down, rad | 1/distance, 1/m |
    | object | all around `pose`; the page's middle is seen from -z | angles, as seen from outside | distance, m |

    Of two points with the same x and y, it sees the one of greater nearness. Of an object, what is farther than
    `radius_m` is background: of the least nearness, radius / distance in millimetres.

    Attributes:
        kind: as above.
        pose: (4, 4) its axes (OpenCV: +x right, +y down, +z forward) to the world, metres.
        radius_m: from the object's middle, how far it may reach; infinite without a background.

    Raises ValueRangeError for another kind, or a pose that is not rigid.
    """

    kind: Kind
    pose: Float64[np.ndarray, "4 4"]
    radius_m: float = np.inf

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueRangeError("kind", repr(self.kind), f"one of {', '.join(KINDS)}")
        number("radius_m", self.radius_m, "more than 0 m", 1e-9)
        checked = Camera(Intrinsics.centred(1, 1, 1), self.pose)
        object.__setattr__(self, "pose", checked.camera_to_world)

    def seen(self, points_m: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3"]:
        """x, y and nearness of points. Points behind a perspective camera lie on its rim, with nearness 0."""
        local = (np.asarray(points_m, np.float64) - self.pose[:3, 3]) @ self.pose[:3, :3]
        x, y, z = local.T
        distance = np.maximum(np.linalg.norm(local, axis=1), 1e-12)
        if self.kind == "perspective":
            ahead = np.maximum(z, _AXIS_SHARE * distance)
            return np.stack([x / ahead, y / ahead, np.maximum(z, 0) / ahead**2], axis=1)
        down = np.arcsin(np.clip(y / distance, -1, 1))
        if self.kind == "panorama":
            return np.stack([np.arctan2(x, z), down, 1 / distance], axis=1)
        nearness = np.where(distance < self.radius_m, distance, 1e-3 * self.radius_m / distance)
        return np.stack([np.arctan2(x, -z), down, nearness], axis=1)

    def sight(self, points_m: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3"]:
        """The direction in which it sees points: unit vectors in its own axes."""
        local = (np.asarray(points_m, np.float64) - self.pose[:3, 3]) @ self.pose[:3, :3]
        local /= np.maximum(np.linalg.norm(local, axis=1, keepdims=True), 1e-12)
        return -local if self.kind == "object" else local

    def turned_to(self, azimuth_rad: float) -> "CanonicalCamera":
        """The panorama or object camera whose page has its middle where this one has an azimuth."""
        angle = azimuth_rad if self.kind == "panorama" else -azimuth_rad
        cosine, sine = np.cos(angle), np.sin(angle)
        pose = self.pose.copy()
        pose[:3, :3] = pose[:3, :3] @ np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])
        return replace(self, pose=pose)

    @property
    def goes_round(self) -> bool:
        """Whether x is an azimuth."""
        return self.kind != "perspective"


def canonical_camera(photos: PhotoSet, kind: Kind | Literal["auto"]) -> CanonicalCamera:
    """The camera of a kind that suits the photos: a mean of theirs, or in the middle of what they look at."""
    if kind == "auto":
        kinds: dict[str, Kind] = {"forward": "perspective", "inside": "panorama", "around": "object"}
        kind = kinds[photos.arrangement]
        if kind == "object" and _stand_before(photos):
            kind = "perspective"
    poses = np.stack([photo.camera.camera_to_world for photo in photos.fitted])
    eyes, down, ahead = poses[:, :3, 3], poses[:, :3, 1].mean(axis=0), poses[:, :3, 2].mean(axis=0)
    pose = np.eye(4)
    # The reference photo's axes stand in where the others cancel out.
    pose[:3, :3] = _axes(down, ahead, kind != "perspective")
    pose[:3, 3] = _looked_at(eyes, poses[:, :3, 2], photos.box_m) if kind == "object" else eyes.mean(axis=0)
    if kind != "object":
        return CanonicalCamera(kind, pose)
    # The object is what all cameras are outside of.
    return CanonicalCamera(kind, pose, 0.95 * float(np.linalg.norm(eyes - pose[:3, 3], axis=1).min()))


def _stand_before(photos: PhotoSet) -> bool:
    """Whether all cameras that are fitted look about the same way."""
    ahead = np.stack([photo.camera.rotation[:, 2] for photo in photos.fitted])
    middle = ahead.mean(axis=0)
    return bool((ahead @ middle >= np.cos(_BEFORE_RAD) * np.linalg.norm(middle)).all())


def _axes(down: np.ndarray, ahead: np.ndarray, keeps_down: bool) -> Float64[np.ndarray, "3 3"]:
    """Right, down and ahead as columns: exactly one of the two given, the other as near as it can be."""
    down = down if np.linalg.norm(down) > 0.1 else np.array([0.0, 1, 0])
    across = ahead - (ahead @ down) / (down @ down) * down if keeps_down else ahead
    if np.linalg.norm(across) < 0.1:
        ahead = np.array([0.0, 0, 1])
    right = np.cross(down, ahead)
    if np.linalg.norm(right) < 1e-3:
        down, ahead, right = np.array([0.0, 1, 0]), np.array([0.0, 0, 1]), np.array([1.0, 0, 0])
    right = right / np.linalg.norm(right)
    if keeps_down:
        down = down / np.linalg.norm(down)
        return np.column_stack([right, down, np.cross(right, down)])
    ahead = ahead / np.linalg.norm(ahead)
    return np.column_stack([right, np.cross(ahead, right), ahead])


def _looked_at(eyes: np.ndarray, ahead: np.ndarray, box_m: np.ndarray) -> Float64[np.ndarray, "3"]:
    """The point nearest to all axes in the least squares' sense, kept inside the box."""
    across = np.eye(3) - ahead[:, :, None] * ahead[:, None, :]
    middle = box_m.mean(axis=0)
    # A weak pull to the box's middle where the axes are nearly parallel.
    matrix = across.sum(axis=0) + 1e-3 * len(eyes) * np.eye(3)
    wanted = np.einsum("nij,nj->i", across, eyes) + 1e-3 * len(eyes) * middle
    quarter = 0.25 * (box_m[1] - box_m[0])
    return np.clip(np.linalg.solve(matrix, wanted), box_m[0] + quarter, box_m[1] - quarter)
