"""The back-end: people at the distance of their faces, before a wall and on a floor."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from relens.depth.backend import Readiness
from relens.depth.depth import Depth
from relens.depth.focal import choose_focal
from relens.depth.portrait.background import BEHIND_PEOPLE_M, GUESSED_SPREAD, SETTLED_SPREAD, wall_and_floor
from relens.depth.portrait.person import person_depth
from relens.errors import MissingPackageError, RelensError, ValueRangeError
from relens.face import Face, face_distance, find_faces, person_mask
from relens.face.networks import require_runtime
from relens.photo import Photo
from relens.progress import Progress, silent

SOURCE = "portrait prior"
_LONGEST_PX = 1024
_PERSON = 0.5


@dataclass(frozen=True)
class PortraitPrior:
    """Metric depth of a portrait from the size of irises and faces, without any download.

    The face has the relief of its mesh; the person's mask continues it over hair and body; behind stands a plain wall,
    and a floor where feet are seen. So the distances of people are measured, and everything else is a good guess: the
    uncertainty says which is which. Embedded depth and mattes are not used.

    Attributes:
        background_m: where the wall stands; inf for the open sky; None for a guess, 1.5 m behind the farthest person.
    """

    background_m: float | None = None
    name: str = "portrait"
    licence: str = "Apache-2.0"
    # It says itself how sure it is.
    repeatable: bool = False

    def readiness(self) -> Readiness:
        """Ready wherever the runtime of its networks is installed."""
        try:
            require_runtime()
        except MissingPackageError as error:
            return Readiness(False, str(error))
        return Readiness(True, "for photos with a face; works offline")

    def estimate(self, photo: Photo, progress: Progress = silent) -> Depth:
        """The portrait's depth, at most 1024 pixels long, with its uncertainty.

        Raises RelensError for a photo without a face; ValueRangeError for a background before the people;
        MissingPackageError without the extra `portrait`.
        """
        progress("find faces", 0.0)
        faces = find_faces(photo)
        if not faces:
            file = photo.file.name if photo.file else "photo"
            raise RelensError(
                f"{file}: no face found, which the portrait prior needs; pass a depth file as depth, fetch Depth Pro "
                "(relens models fetch depth-pro), or use a photo that carries depth"
            )
        progress("find people", 0.5)
        mask = person_mask(photo, _LONGEST_PX) >= _PERSON
        height, width = mask.shape
        grid, scale = photo.intrinsics.resized(width, height), width / photo.width_px
        shares = _shared(mask, faces, scale)
        progress("build depth", 0.7)
        distances = [face_distance(face, photo.intrinsics) for face in faces]
        farthest_m = max(distance.z_m for distance in distances)
        wall_m = farthest_m + BEHIND_PEOPLE_M if self.background_m is None else self.background_m
        if not wall_m > farthest_m:
            raise ValueRangeError("background_m", self.background_m, f"more than the farthest face, {farthest_m:.2f} m")
        people = [(mine, distance.z_m) for mine, distance in zip(shares, distances, strict=True)]
        inverse = wall_and_floor(wall_m, people, grid)
        spread = np.full(mask.shape, GUESSED_SPREAD if self.background_m is None else SETTLED_SPREAD, np.float32)
        for face, distance, mine in zip(faces, distances, shares, strict=True):
            person = person_depth(face, distance, mine, photo.intrinsics, scale)
            inverse[mine], spread[mine] = person.inverse_depth[mine], person.spread[mine]
        progress("build depth", 1.0)
        wall = f"the wall behind is put at {wall_m:.3g} m" + (", a guess" if self.background_m is None else "")
        notes = [
            f"face at {distance.z_m:.2f} m (sure to {distance.spread:.0%}), by {distance.method}"
            for distance in distances
        ]
        return Depth(
            inverse,
            SOURCE,
            spread,
            edge_width_px=0.0,
            licence=self.licence,
            notes=(*notes, wall, *choose_focal(photo)[1]),
        )


def _shared(mask: Bool[np.ndarray, "h w"], faces: tuple[Face, ...], scale: float) -> list[Bool[np.ndarray, "h w"]]:
    """Each face's part of the people: what is nearest to it in units of its own width, sideways and upwards."""
    rows, columns = np.indices(mask.shape, dtype=np.float32, sparse=True)
    away = []
    for face in faces:
        x, y = face.centre_px * scale
        across, up = (columns + 0.5 - x) / (face.width_px * scale), (y - rows - 0.5) / (face.width_px * scale)
        # A body hangs below its face, so only what is above counts.
        away.append(across**2 + np.maximum(up, 0) ** 2)
    nearest = np.argmin(np.stack(np.broadcast_arrays(*away)) if len(away) > 1 else np.stack(away), axis=0)
    return [mask & (nearest == number) for number in range(len(faces))]
