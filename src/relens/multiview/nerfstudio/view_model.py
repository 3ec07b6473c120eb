"""view_model: nerfstudio's viewer on any trained model, with a lens."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
import os
import sys
from pathlib import Path

from relens.multiview.nerfstudio.trained import load_trained


def view_model(config: str | os.PathLike[str], port: int | None = None) -> None:
    """Open nerfstudio's viewer on the model of a config.yml, as ns-viewer does, with a lens among its controls.

    Serves until it is interrupted. A config.yml can run any code when it is read: open only those that you trust.

    Raises as `relens.multiview.nerfstudio.open_nerfstudio`.
    """
    trained = load_trained(config, mode="test")
    from nerfstudio.scripts.viewer.run_viewer import _start_viewer

    from relens.multiview.nerfstudio.lens_control import add_lens_control

    if not hasattr(trained.pipeline, "lens"):
        add_lens_control(trained.pipeline, trained.frame)
    trained.config.vis = "viewer"
    if port is not None:
        trained.config.viewer.websocket_port = port
    _start_viewer(trained.config, trained.pipeline, trained.step)


if __name__ == "__main__":
    view_model(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
