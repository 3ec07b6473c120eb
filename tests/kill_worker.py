"""A process that does one command of relens after another, until it is killed."""

import json
import os
import sys
from collections.abc import Sequence

# The work is one folder, so that a process that was started ahead of time has little left to load.
import relens.cli.batch_run
import relens.cli.edit_actions
import relens.cli.path_film
import relens.edit.history_file
import relens.lift.lift
import relens.render.cpu
import relens.scene_folder  # noqa: F401
from relens.cli.main import main


def work(folder: str, commands: Sequence[Sequence[str]], times: int) -> None:
    """Do commands in a folder, all of them so many times; a line in `report` when one is done, with its status."""
    os.chdir(folder)
    with open("said", "w") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    report = os.open("report", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(report, b"ready\n")
    scenes = {}
    for _ in range(times):
        for words in commands:
            status = _save(words[1], words[2], scenes) if words[0] == "save" else main(list(words))
            os.write(report, f"{status}\n".encode())


def _save(source: str, target: str, scenes: dict) -> int:
    from relens.scene_folder import load_scene

    if source not in scenes:
        scenes[source] = load_scene(source)
    scenes[source].save(target)
    return 0


if __name__ == "__main__":
    work(*json.loads(sys.argv[1]))
