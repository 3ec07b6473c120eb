"""The protocol of every depth back-end: something that gives a photo its depth."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from relens.depth.depth import Depth
from relens.photo import Photo
from relens.progress import Progress, silent


@dataclass(frozen=True)
class Readiness:
    """Whether a back-end can work on this machine.

    Attributes:
        usable: it can work now.
        fetchable: it can work after a download, which it announces.
        why: one line for people: what makes it ready, or what is missing and what to do.
    """

    usable: bool
    why: str
    fetchable: bool = False


@runtime_checkable
class Backend(Protocol):
    """A source of depth."""

    @property
    def name(self) -> str:
        """What users call it: "phone", "depth-pro", ..."""
        ...

    @property
    def licence(self) -> str:
        """Of its weights or data."""
        ...

    @property
    def repeatable(self) -> bool:
        """Whether it answers anew when asked about a changed photo, so that the spread tells how sure it is."""
        ...

    def readiness(self) -> Readiness:
        """Whether it can work here, asked without loading or fetching anything."""
        ...

    def estimate(self, photo: Photo, progress: Progress = silent) -> Depth:
        """The photo's depth at the back-end's own resolution, with intrinsics where it knows better than the photo.

        Raises RelensError where it cannot; the message names the ways on.
        """
        ...
