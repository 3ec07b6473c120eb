"""Depth that a phone stored inside the photo."""

from dataclasses import dataclass

from relens.depth.backend import Readiness
from relens.depth.depth import Depth
from relens.errors import RelensError
from relens.photo import Photo
from relens.progress import Progress, silent


@dataclass(frozen=True)
class PhoneDepth:
    """The back-end that reads what the photo's own file holds."""

    name: str = "phone"
    licence: str = "your own photo's"
    repeatable: bool = False

    def readiness(self) -> Readiness:
        """Always ready: it needs nothing but a photo that carries depth."""
        return Readiness(True, "for photos that carry metric depth: iPhone portraits, Google depth photos")

    def estimate(self, photo: Photo, progress: Progress = silent) -> Depth:
        """The metric depth inside the photo, at its own resolution (1/m).

        Raises RelensError when the photo carries none, one that is damaged or of another frame (what the photo's notes
        say of it stands in the message), or one without a metric scale.
        """
        name = photo.file.name if photo.file else "photo"
        embedded = photo.embedded_depth
        ways_on = "pass a depth file or an (h, w) array of metres as depth, or name a back-end: depth-pro, portrait"
        if embedded is None:
            why = f" ({'; '.join(photo.notes)})" if photo.notes else ""
            raise RelensError(f"{name}: holds no depth{why}; {ways_on}")
        if embedded.accuracy != "absolute":
            raise RelensError(f"{name}: the depth inside is relative, without a scale in metres; {ways_on}")
        return Depth(embedded.inverse_depth, "phone", licence=self.licence, notes=photo.notes)
