"""Session: the opened scene and all that pages do with it, until the server ends."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from relens.edit.history import History
from relens.serve.desk import Desk
from relens.serve.document import Document, Home
from relens.serve.page_exchange import PageExchange
from relens.serve.shots import Shots
from relens.serve.views import Views


@dataclass(frozen=True)
class Loaded:
    """A scene as it comes from the disk, or from a photo.

    Attributes:
        name: the folder's or the photo's, for people.
        history: the scene and its edits.
        home: where its edits are kept; None for nowhere.
        desk: where its shots wait from one server to the next (`relens.serve.desk`); None for nowhere.
    """

    name: str
    history: History
    home: Home | None = None
    desk: Path | None = None


class Session:
    """The document, and who works on it."""

    def __init__(self, loaded: Loaded, say: Callable[[str], None]) -> None:
        """say: prints a line for people."""
        self.name = loaded.name
        self.exchange, self.views = PageExchange(), Views()
        self.document = Document(loaded.history, loaded.home, say)
        self.shots = Shots(loaded.name, Desk(loaded.desk), say)
        self.shots.resume(loaded.history.scene)

    def close(self) -> None:
        """End the jobs, save the edits, remove what is temporary. Raises RelensError where edits cannot be saved."""
        with ExitStack() as at_the_end:
            at_the_end.callback(self.document.close)
            at_the_end.callback(self.exchange.close)
            at_the_end.callback(self.shots.close)
