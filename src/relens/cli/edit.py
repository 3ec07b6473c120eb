"""relens edit: touch-ups, pages out to any editor and back, and the history of both."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """Edit a scene once, and see it in every view and every blur.

    Try:
      relens edit recolour me.relens --to "#2a6040" --click-px 300 300
      relens edit undo me.relens
      relens edit export me.relens pages
      relens edit import me.relens pages
    """

    @staticmethod
    def with_actions() -> type["Edit"]:
        """The command with all that it can do; apart, since the touch-ups load what they work with."""
        from relens.cli.edit_actions import EditActions

        return EditActions
