"""Progress: how long work tells the caller how far it is, without knowing who listens."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Progress(Protocol):
    """Hears how far work is; may raise to interrupt it."""

    def __call__(self, stage: str, fraction: float) -> None:
        """Called with a stage's name and the fraction of it that is done, 0 to 1."""
        ...


def silent(stage: str, fraction: float) -> None:
    """The listener that shows nothing."""
