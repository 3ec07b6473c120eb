"""relens edit: touch-ups, pages out to any editor and back, and the history of both."""

from dataclasses import dataclass
from typing import Annotated

from tyro.conf import OmitSubcommandPrefixes, subcommand

from relens.cli.edit_history import Log, Redo, Replay, Undo
from relens.cli.edit_pages import ExportPages, ImportPages
from relens.cli.touch_up import TOUCH_UPS


@dataclass(frozen=True)
class Edit:
    """Edit a scene once, and see it in every view and every blur.

    Try:
      relens edit recolour me.relens --to "#204080" --click-px 1100 2800
      relens edit undo me.relens
      relens edit export me.relens pages
      relens edit import me.relens pages
    """

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
