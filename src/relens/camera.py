"""Cameras: pinhole intrinsics and pose, and the conversions between frames."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Float, Float64

from relens.errors import ValueRangeError
from relens.ranges import finite, positive, whole

# Flips y and z: OpenCV axes (+y down, +z forward) <-> OpenGL axes (+y up, +z backward).
_OPENCV_FROM_OPENGL = np.diag([1.0, -1.0, -1.0, 1.0])


@dataclass(frozen=True)
class Intrinsics:
    """A pinhole's image geometry.

    Convention: pixel (column i, row j) has its centre at (i + 0.5, j + 0.5); (cx, cy) is in the same coordinates.

    Attributes:
        fx_px, fy_px: focal lengths, pixels, > 0.
        cx_px, cy_px: principal point, pixels.
        width_px, height_px: image size.
        source: where the numbers come from, e.g. "phone matrix", "exif 35 mm equivalent", "user", "default".

    Raises ValueRangeError for sizes or focal lengths that are not positive and finite.
    """

    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    width_px: int
    height_px: int
    source: str = "user"

    def __post_init__(self) -> None:
        for name in ("fx_px", "fy_px"):
            value = positive(name, getattr(self, name), "a positive finite focal length in pixels")
            object.__setattr__(self, name, value)
        for name in ("cx_px", "cy_px"):
            value = finite(name, getattr(self, name), "a finite principal point in pixels")
            object.__setattr__(self, name, value)
        for name in ("width_px", "height_px"):
            value = whole(name, getattr(self, name), "a whole number of pixels, at least 1", low=1)
            object.__setattr__(self, name, value)

    @staticmethod
    def centred(fx_px: float, width_px: int, height_px: int, source: str = "user") -> "Intrinsics":
        """Square pixels and the principal point in the middle of the image."""
        return Intrinsics(fx_px, fx_px, width_px / 2, height_px / 2, width_px, height_px, source)

    def resized(self, width_px: int, height_px: int) -> "Intrinsics":
        """The same view on another pixel grid. Raises ValueRangeError for a size under 1 pixel."""
        sx, sy = width_px / self.width_px, height_px / self.height_px
        return replace(
            self,
            fx_px=self.fx_px * sx,
            fy_px=self.fy_px * sy,
            cx_px=self.cx_px * sx,
            cy_px=self.cy_px * sy,
            width_px=width_px,
            height_px=height_px,
        )

    @property
    def diagonal_px(self) -> float:
        """Length of the image diagonal in pixels."""
        return math.hypot(self.width_px, self.height_px)

    @property
    def horizontal_fov_rad(self) -> float:
        """Full horizontal angle of view."""
        return math.atan2(self.cx_px, self.fx_px) + math.atan2(self.width_px - self.cx_px, self.fx_px)


def _identity() -> Float64[np.ndarray, "4 4"]:
    return np.eye(4)


@dataclass(frozen=True)
class Camera:
    """A pinhole camera in the world: intrinsics and a camera-to-world pose.

    Convention: OpenCV axes (+x right, +y down, +z forward), metres; the world frame is the photo's camera frame.

    Raises ValueRangeError when the pose is not a finite rigid transform.
    """

    intrinsics: Intrinsics
    camera_to_world: Float[np.ndarray, "4 4"] = field(default_factory=_identity)

    def __post_init__(self) -> None:
        try:
            pose = np.array(self.camera_to_world, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueRangeError("camera_to_world", self.camera_to_world, "a 4x4 matrix of numbers") from None
        if pose.shape != (4, 4):
            raise ValueRangeError("camera_to_world", pose.shape, "a 4x4 matrix")
        if not np.isfinite(pose).all():
            raise ValueRangeError("camera_to_world", "NaN or infinite", "finite numbers only")
        rotation = pose[:3, :3]
        rigid = np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-5) and np.linalg.det(rotation) > 0
        if not rigid or not np.allclose(pose[3], [0, 0, 0, 1]):
            raise ValueRangeError("camera_to_world", "matrix", "a rotation and a translation (rigid, right-handed)")
        pose.setflags(write=False)
        object.__setattr__(self, "camera_to_world", pose)

    @property
    def eye_m(self) -> Float64[np.ndarray, "3"]:
        """Position of the entrance pupil's centre in the world."""
        return self.camera_to_world[:3, 3]

    @property
    def rotation(self) -> Float64[np.ndarray, "3 3"]:
        """Rotation that takes camera axes to world axes."""
        return self.camera_to_world[:3, :3]

    def resized(self, width_px: int) -> "Camera":
        """The same view in a picture of another width, its shape kept. Raises ValueRangeError for less than a pixel."""
        width_px = whole("size_px", width_px, "a width of at least 1 pixel", 1)
        k = self.intrinsics
        return replace(self, intrinsics=k.resized(width_px, max(1, round(k.height_px * width_px / k.width_px))))

    def at(self, share: float) -> "Camera":
        """Itself: it stands still while its shutter is open (`relens.moving_camera`)."""
        return self

    @property
    def middle(self) -> "Camera":
        """Itself, halfway through the exposure too."""
        return self

    def moved(self, x_m: float = 0.0, y_m: float = 0.0, z_m: float = 0.0) -> "Camera":
        """The camera translated along its own axes: right, down, forward. Raises ValueRangeError unless finite."""
        steps_m = {"x_m": x_m, "y_m": y_m, "z_m": z_m}
        step = np.array([finite(name, value, "a finite distance in metres") for name, value in steps_m.items()])
        pose = self.camera_to_world.copy()
        pose[:3, 3] += self.rotation @ step
        return replace(self, camera_to_world=pose)

    def turned(self, yaw_rad: float = 0.0, pitch_rad: float = 0.0, roll_rad: float = 0.0) -> "Camera":
        """The camera rotated about its own axes: yaw to the right, then pitch up, then roll clockwise.

        Raises ValueRangeError unless the angles are finite.
        """
        for name, angle in (("yaw_rad", yaw_rad), ("pitch_rad", pitch_rad), ("roll_rad", roll_rad)):
            finite(name, angle, "a finite angle in radians")
        cy, sy = math.cos(yaw_rad), math.sin(yaw_rad)
        cp, sp = math.cos(pitch_rad), math.sin(pitch_rad)
        cr, sr = math.cos(roll_rad), math.sin(roll_rad)
        yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        pose = self.camera_to_world.copy()
        pose[:3, :3] = self.rotation @ yaw @ pitch @ roll
        return replace(self, camera_to_world=pose)

    def project(self, points_m: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 3"]:
        """World points to (column px, row px, inverse depth 1/m) in this camera."""
        local = (np.asarray(points_m, np.float64) - self.eye_m) @ self.rotation
        k, inverse_depth = self.intrinsics, 1.0 / local[..., 2]
        column = local[..., 0] * inverse_depth * k.fx_px + k.cx_px
        row = local[..., 1] * inverse_depth * k.fy_px + k.cy_px
        return np.stack([column, row, inverse_depth], axis=-1)

    def unproject(self, pixels: Float[np.ndarray, "*n 3"]) -> Float[np.ndarray, "*n 3"]:
        """(column px, row px, inverse depth 1/m) in this camera to world points in metres; the inverse of `project`."""
        pixels = np.asarray(pixels, np.float64)
        k, depth_m = self.intrinsics, 1.0 / pixels[..., 2]
        x = (pixels[..., 0] - k.cx_px) / k.fx_px * depth_m
        y = (pixels[..., 1] - k.cy_px) / k.fy_px * depth_m
        return np.stack([x, y, depth_m], axis=-1) @ self.rotation.T + self.eye_m


def opengl_from_opencv(camera_to_world: Float[np.ndarray, "4 4"]) -> Float[np.ndarray, "4 4"]:
    """A camera-to-world pose with OpenGL camera axes (nerfstudio, Blender) from one with OpenCV camera axes.

    Convention: only the camera's axes change (+y up, +z backward); the world frame stays. Its own inverse.
    """
    return camera_to_world @ _OPENCV_FROM_OPENGL


opencv_from_opengl = opengl_from_opencv
