"""The back-end: people at the distance of their faces, before a wall and on a floor."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from relens.depth.backend import Readiness
from relens.depth.depth import Depth
from relens.depth.focal import choose_focal
from relens.depth.portrait.background import (
    BEHIND_PEOPLE_M,
    GUESSED_SPREAD,
    SETTLED_SPREAD,
    find_feet,
    floor_spread,
    wall_and_floor,
)
from relens.depth.portrait.person import down_px, person_depth
from relens.errors import MissingPackageError, RelensError, ValueRangeError
from relens.face import Face, face_distance, find_faces, person_mask
from relens.face.networks import require_runtime
from relens.photo import Photo
from relens.progress import Progress, silent

SOURCE = "portrait prior"
_LONGEST_PX = 1024
_PERSON = 0.5
# Down the body a person's pixels may be this many times as far from the face as across it.
_TALL = 4.0


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
        mask = person_mask(photo, faces, _LONGEST_PX) >= _PERSON
        height, width = mask.shape
        grid, scale = photo.intrinsics.resized(width, height), width / photo.width_px
        progress("build depth", 0.7)
        measured = [(face_distance(face, photo.intrinsics), face) for face in faces]
        # Nearest last, so that the nearer of two overlapping people is drawn over the other.
        measured.sort(key=lambda one: -one[0].z_m)
        shares = _shared(mask, [face for _, face in measured], scale)
        people = [
            person_depth(face, distance, share, photo.intrinsics, scale)
            for (distance, face), share in zip(measured, shares, strict=True)
        ]
        farthest_m = measured[0][0].z_m
        wall_m = farthest_m + BEHIND_PEOPLE_M if self.background_m is None else self.background_m
        if not wall_m > farthest_m:
            raise ValueRangeError("background_m", self.background_m, f"more than the farthest face, {farthest_m:.2f} m")
        feet = [
            found
            for (distance, face), person in zip(measured, people, strict=True)
            if (found := find_feet(face, distance.z_m, person.mine, grid, scale)) is not None
        ]
        inverse = wall_and_floor(wall_m, feet, grid)
        wall_spread = np.float32(GUESSED_SPREAD if self.background_m is None else SETTLED_SPREAD)
        spread = floor_spread(inverse, 1 / wall_m, wall_spread, feet)
        for person in people:
            inverse[person.mine], spread[person.mine] = person.inverse_depth[person.mine], person.spread[person.mine]
        for person in people:
            inverse[person.face], spread[person.face] = person.inverse_depth[person.face], person.spread[person.face]
        progress("build depth", 1.0)
        wall = f"the wall behind is put at {wall_m:.3g} m" + (", a guess" if self.background_m is None else "")
        notes = [
            f"face at {distance.z_m:.2f} m (sure to {distance.spread:.0%}), by {distance.method}"
            for distance, _ in reversed(measured)
        ]
        if feet:
            notes.append("feet are seen: a floor passes under them, the camera taken as level")
        return Depth(
            inverse,
            SOURCE,
            spread,
            edge_width_px=0.0,
            licence=self.licence,
            notes=(*notes, wall, *choose_focal(photo)[1]),
        )


def _shared(mask: Bool[np.ndarray, "h w"], faces: list[Face], scale: float) -> list[Bool[np.ndarray, "h w"]]:
    """Each face's part of the people: what hangs together with it alone, else what is nearest in its own widths."""
    import cv2

    rows, columns = (np.arange(length, dtype=np.float32) for length in mask.shape)
    rows = rows[:, None]
    away = np.empty((len(faces), *mask.shape), np.float32)
    for number, face in enumerate(faces):
        x, y = (columns + 0.5 - face.centre_px[0] * scale), (rows + 0.5 - face.centre_px[1] * scale)
        right, down = down_px(face)[::-1], down_px(face)
        along = x * down[0] + y * down[1]
        across = x * right[0] - y * right[1]
        # A body hangs below its face, so what is above counts in full.
        away[number] = (across**2 + np.where(along > 0, along / _TALL, along) ** 2) / (face.width_px * scale) ** 2
    nearest = away.argmin(axis=0)
    count, islands = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    for island in range(1, count):
        pixels = islands == island
        inhabitants = [number for number, face in enumerate(faces) if _lies_on(face, pixels, scale)]
        if len(inhabitants) == 1:
            nearest[pixels] = inhabitants[0]
    return [mask & (nearest == number) for number in range(len(faces))]


def _lies_on(face: Face, pixels: Bool[np.ndarray, "h w"], scale: float) -> bool:
    columns, rows = (face.mesh_px[:, :2] * scale).astype(int).T
    seen = (rows >= 0) & (rows < pixels.shape[0]) & (columns >= 0) & (columns < pixels.shape[1])
    return bool(seen.any()) and float(pixels[rows[seen], columns[seen]].mean()) > _PERSON
