"""The iris check: do a back-end's metres agree with the size of the eyes in the photo?

Everybody's iris is 11.7 mm across, give or take half a millimetre, so a face says how far away it is. What it says is
independent of any depth source, and a source whose scale is wrong is wrong everywhere by the same factor.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from relens.depth.depth import Depth
from relens.face import Face, face_distance, find_faces
from relens.face.distance import face_points
from relens.photo import Photo

# Only points this near to the middle of the face are compared, in face widths: no silhouette lies between them.
_INNER = 0.35
# A face counts where the depth knows at least this part of those points.
_LEAST_KNOWN = 0.5
# Beyond so many standard deviations two statements contradict each other.
_CONTRADICTION = 2.0


@dataclass(frozen=True)
class FaceReading:
    """One face, measured twice.

    Attributes:
        depth_m: how far away the depth says it is.
        face_m: how far away its irises say it is.
        spread: one standard deviation of the logarithm of `face_m`.
    """

    depth_m: float
    face_m: float
    spread: float

    @property
    def ratio(self) -> float:
        """The depth's distance over the irises'."""
        return self.depth_m / self.face_m


@dataclass(frozen=True)
class ScaleCheck:
    """What the faces of a photo say of a depth's scale.

    Attributes:
        ratio: distances of the depth over true ones; 1 is right.
        spread: one standard deviation of its logarithm.
        readings: the faces behind it, the largest first.
    """

    ratio: float
    spread: float
    readings: tuple[FaceReading, ...]

    @property
    def agree(self) -> bool:
        """Whether the faces tell one scale: none is more than two of its own deviations from the ratio."""
        return all(
            abs(math.log(reading.ratio / self.ratio)) <= _CONTRADICTION * reading.spread for reading in self.readings
        )

    @property
    def text(self) -> str:
        """The check in one line, for people."""
        faces = ", ".join(f"{reading.face_m:.3g} m (depth {reading.depth_m:.3g} m)" for reading in self.readings)
        said = f"iris check: {'face' if len(self.readings) == 1 else 'faces'} at {faces}"
        said += f": ratio {self.ratio:.3f}, sure to {self.spread:.0%}"
        if not self.agree:
            return f"{said}; the faces contradict each other: a child's, a picture on the wall, or a bent depth map"
        if abs(math.log(self.ratio)) > _CONTRADICTION * self.spread:
            return f"{said}; the scale is off: correct it with metric scale iris"
        return f"{said}; the scale is right as far as eyes can tell"


def check_scale(depth: Depth, photo: Photo) -> ScaleCheck | None:
    """Compare a photo's depth with the distances that its faces tell; None where no iris can be measured.

    Each face's ratio is the median over its inner points of the depth there over the face's own surface. Several faces
    are joined by the weight of their certainty. Source of the principle: Ablavatski et al., arXiv 2006.11341.
    Raises MissingPackageError without the extra `portrait`.
    """
    found = (_reading(face, depth, photo) for face in find_faces(photo))
    readings = tuple(reading for reading in found if reading is not None)
    if not readings:
        return None
    weights = np.array([reading.spread**-2 for reading in readings])
    log_ratio = float(weights @ [math.log(reading.ratio) for reading in readings] / weights.sum())
    # Faces that scatter more than their deviations allow make the whole less sure (Birge's ratio).
    scatter = float(weights @ [(math.log(reading.ratio) - log_ratio) ** 2 for reading in readings])
    birge = math.sqrt(max(1.0, scatter / max(len(readings) - 1, 1)))
    return ScaleCheck(math.exp(log_ratio), birge * float(weights.sum() ** -0.5), readings)


def corrected(depth: Depth, check: ScaleCheck) -> Depth:
    """The depth with every distance divided by the check's ratio; its uncertainty grows by the check's own."""
    uncertainty = depth.uncertainty
    note = f"{check.text.split(';')[0]}; every distance was divided by {check.ratio:.3f}"
    return replace(
        depth,
        inverse_depth=(depth.inverse_depth * np.float32(check.ratio)).astype(np.float32),
        uncertainty=None if uncertainty is None else np.hypot(uncertainty, np.float32(check.spread)),
        notes=(*depth.notes, note),
    )


def _reading(face: Face, depth: Depth, photo: Photo) -> FaceReading | None:
    # The map's distances belong to its own focal length, and the face's must.
    intrinsics = depth.intrinsics or photo.intrinsics
    distance = face_distance(face, intrinsics)
    if not distance.irises:
        return None
    inner = np.hypot(*(face.mesh_px[:, :2] - face.centre_px).T) <= _INNER * face.width_px
    surface_m = face_points(face, intrinsics, distance.z_m)[inner, 2]
    height, width = depth.inverse_depth.shape
    scale = np.array([width / photo.width_px, height / photo.height_px])
    columns, rows = np.clip((face.mesh_px[inner, :2] * scale).astype(int), 0, [width - 1, height - 1]).T
    inverse = depth.inverse_depth[rows, columns]
    known = inverse > 0
    if known.mean() < _LEAST_KNOWN:
        return None
    ratio = float(np.median(1 / (inverse[known] * surface_m[known])))
    face_m = float(np.median(surface_m))
    return FaceReading(ratio * face_m, face_m, distance.spread)
