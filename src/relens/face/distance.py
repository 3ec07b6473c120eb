"""How far away a face is: measured by the iris, which is nearly the same size in everybody, and by the face itself."""

import math
from dataclasses import dataclass

import numpy as np

from relens.camera import Intrinsics
from relens.face.face import (
    CHIN,
    JAW,
    LEFT_EYE_CORNERS,
    LEFT_TEMPLE,
    MOUTH_CORNERS,
    NOSE_TIP,
    RIGHT_EYE_CORNERS,
    RIGHT_TEMPLE,
    SELLION,
    Eye,
    Face,
)

# The horizontal visible iris diameter: 11.7 ± 0.5 mm (Rüfer, Schröder, Erb, "White-to-white corneal diameter", Cornea
# 2005), from early childhood on.
_IRIS_M, _IRIS_SPREAD = 0.0117, 0.5 / 11.7
# How far off the network is besides the scatter of its looks: of a diameter, and of one in pixels.
_IRIS_NOISE, _IRIS_NOISE_PX = 0.04, 0.3
# Below this the lids hide the rim; the two portraits and closed eyes: 0.27 and 0.26 open, 0.16 and 0.13 closed.
_LEAST_OPENNESS = 0.2
# Fewer pixels across do not measure anything.
_LEAST_IRIS_PX = 5.0
# Seen further from the side, from below or above, eyes are foreshortened and half hidden.
_MOST_TURN_RAD = math.radians(35)
# An iris that disagrees by more than this with the size of the face is none: a shut eye, or glasses.
_MOST_DISAGREEMENT = 0.3
# Distances between points of the mesh in adults, metres, rounded between women and men: temples, outer and inner
# corners of the eyes, root of the nose to chin, mouth, tip of the nose to chin, jaw. Of the size that anthropometry has
# (Farkas, "Anthropometry of the Head and Face", 1994), and true of two portraits with measured depth.
_MEASURES_M = (
    (LEFT_TEMPLE, RIGHT_TEMPLE, 0.134),
    (LEFT_EYE_CORNERS[0], RIGHT_EYE_CORNERS[1], 0.088),
    (LEFT_EYE_CORNERS[1], RIGHT_EYE_CORNERS[0], 0.033),
    (SELLION, CHIN, 0.117),
    (*MOUTH_CORNERS, 0.051),
    (NOSE_TIP, CHIN, 0.088),
    (*JAW, 0.112),
)
# People's heads differ by about this, and the mesh adds to it; a face from the side, or an unsure mesh, adds more.
_FACE_SPREAD, _FACE_SPREAD_UNSURE = 0.08, 0.12
_CERTAIN_MESH = 0.9


@dataclass(frozen=True)
class Distance:
    """How far away a face is.

    Attributes:
        z_m: z-depth of the plane in which the mesh's relative depth is 0.
        spread: one standard deviation of its logarithm.
        irises: how many of them could be measured.
    """

    z_m: float
    spread: float
    irises: int

    @property
    def method(self) -> str:
        """What it was measured by, for people."""
        irises = ("", "one iris and ", "both irises and ")[self.irises]
        return f"{irises}the size of the face{'' if self.irises else ' (eyes closed, small or turned away)'}"


def face_distance(face: Face, intrinsics: Intrinsics) -> Distance:
    """The distance of a face, from its irises and its own size together, weighted by how sure each is.

    An eye that is shut, small, or turned away does not count; without any, the size of the face alone decides.
    """
    by_size = _by_size(face, intrinsics)
    measured = [(_by_iris(face, eye, intrinsics), _iris_noise(eye)) for eye in face.eyes if _is_measurable(face, eye)]
    irises = [iris for iris in measured if abs(math.log(iris[0] / by_size[0])) <= _MOST_DISAGREEMENT]
    if not irises:
        return Distance(*by_size, 0)
    # Both eyes share the person's iris, so only their noise is averaged.
    z_m, noise = _joined(irises)
    return Distance(*_joined([(z_m, math.hypot(_IRIS_SPREAD, noise)), by_size]), len(irises))


def _joined(measured: list[tuple[float, float]]) -> tuple[float, float]:
    """The mean of distances by inverse variance, in logarithms, and its spread."""
    log_z, spreads = (np.log([z_m for z_m, _ in measured]), np.array([spread for _, spread in measured]))
    weights = spreads**-2
    return math.exp(float(weights @ log_z / weights.sum())), float(weights.sum() ** -0.5)


def _is_measurable(face: Face, eye: Eye) -> bool:
    return (
        eye.openness >= _LEAST_OPENNESS
        and float(eye.iris_px.min()) >= _LEAST_IRIS_PX
        and max(abs(face.yaw_rad), abs(face.pitch_rad)) <= _MOST_TURN_RAD
    )


def _iris_noise(eye: Eye) -> float:
    return math.hypot(_IRIS_NOISE, eye.spread, _IRIS_NOISE_PX / float(eye.iris_px.mean()))


def _by_iris(face: Face, eye: Eye, intrinsics: Intrinsics) -> float:
    """The mesh's plane, by one iris.

    A disc of diameter D that faces the camera, at z-depth z and seen at n = ((x − cx)/fx, (y − cy)/fy), projects to an
    ellipse. With J the derivative of the projection and d the direction to it, its shape is (D/2)² J (1 − d dᵀ) Jᵀ;
    J d is 0, so in units of the focal lengths it is (D/2z)² (1 + n nᵀ): D/z across the radius, longer along it. The
    diameter along a unit vector u is (D/z) sqrt(1 + (n·u)²), thus z = D sqrt(1 + (n·u)²) / diameter. The geometric mean
    of what the two diameters say is taken.
    """
    focal_px = np.array([intrinsics.fx_px, intrinsics.fy_px])
    n = (eye.centre_px - [intrinsics.cx_px, intrinsics.cy_px]) / focal_px
    log_z = []
    for length_px, angle_rad in zip(eye.iris_px, (eye.angle_rad, eye.angle_rad + math.pi / 2), strict=True):
        along = length_px * np.array([math.cos(angle_rad), math.sin(angle_rad)]) / focal_px
        diameter = math.hypot(*along)
        log_z.append(math.log(_IRIS_M * math.hypot(1, float(n @ along) / diameter) / diameter))
    nearest = np.argmin(np.hypot(*(face.mesh_px[:, :2] - eye.centre_px).T))
    relief = 1 + float(face.mesh_px[nearest, 2]) / math.sqrt(intrinsics.fx_px * intrinsics.fy_px)
    return math.exp(float(np.mean(log_z))) / relief


def _by_size(face: Face, intrinsics: Intrinsics) -> tuple[float, float]:
    """The mesh's plane and its spread: the median over several measures of the face in space."""
    points = face_points(face, intrinsics, 1.0)
    seen = [float(np.linalg.norm(points[a] - points[b])) for a, b, _ in _MEASURES_M]
    ratios = [size_m / seen_m for (_, _, size_m), seen_m in zip(_MEASURES_M, seen, strict=True)]
    unsure = max(abs(face.yaw_rad), abs(face.pitch_rad)) > _MOST_TURN_RAD or face.score < _CERTAIN_MESH
    return float(np.median(ratios)), _FACE_SPREAD_UNSURE if unsure else _FACE_SPREAD


def face_points(face: Face, intrinsics: Intrinsics, z_m: float) -> np.ndarray:
    """The mesh (468, 3) in the camera's frame, metres, when its plane is at `z_m`."""
    k, mesh = intrinsics, face.mesh_px.astype(np.float64)
    depth_m = z_m * (1 + mesh[:, 2] / math.sqrt(k.fx_px * k.fy_px))
    x = (mesh[:, 0] - k.cx_px) / k.fx_px * depth_m
    y = (mesh[:, 1] - k.cy_px) / k.fy_px * depth_m
    return np.stack([x, y, depth_m], axis=1)
