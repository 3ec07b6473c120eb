"""Refusal: what the server does not do, and the HTTP status that says so."""

from relens.errors import RelensError
from relens.viewer.edit_state import EditState


class Refusal(RelensError):
    """A request that is not answered as it was meant."""

    def __init__(self, status: int, message: str, *, retry_after_s: int | None = None) -> None:
        """retry_after_s: when the same may be answered."""
        super().__init__(message)
        self.status = status
        self.headers = {} if retry_after_s is None else {"retry-after": str(retry_after_s)}


class Conflict(Refusal):
    """The scene is not what the page that asks takes it for; nothing was changed."""

    def __init__(self, message: str, edits: EditState) -> None:
        super().__init__(409, message)
        self.edits = edits
