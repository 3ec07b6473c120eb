"""The built page of `relens view` travels in the wheel, so that its users need no Node.js."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuiltPage(BuildHookInterface):
    """Takes viewer/dist into the wheel as relens/_viewer, where `relens.viewer.built_page` finds it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable install finds the page in the checkout; a wheel without one says so while it is built."""
        page = Path(self.root, "viewer", "dist")
        if version == "editable":
            return
        if (page / "index.html").is_file():
            build_data["force_include"][str(page)] = "relens/_viewer"
        else:
            self.app.display_warning(
                "viewer/dist is not built: `relens view` will not work from this wheel; make viewer"
            )
