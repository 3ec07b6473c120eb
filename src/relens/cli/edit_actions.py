"""All that relens edit can do."""

from dataclasses import dataclass
from typing import Annotated

from tyro.conf import OmitSubcommandPrefixes, subcommand

from relens.cli.edit import Edit
from relens.cli.edit_history import Log, Redo, Replay, Undo
from relens.cli.edit_pages import ExportPages, ImportPages
from relens.cli.touch_up import TOUCH_UPS


@dataclass(frozen=True)
class EditActions(Edit):  # noqa: D101, what it is for the base says
    __doc__ = Edit.__doc__

    action: OmitSubcommandPrefixes[
        TOUCH_UPS  # pyright: ignore[reportInvalidTypeForm]
        | Annotated[ExportPages, subcommand("export")]
        | Annotated[ImportPages, subcommand("import")]
        | Annotated[Log, subcommand("log")]
        | Annotated[Redo, subcommand("redo")]
        | Annotated[Replay, subcommand("replay")]
        | Annotated[Undo, subcommand("undo")]
    ]

    def run(self) -> None:
        """Do it."""
        self.action.run()
