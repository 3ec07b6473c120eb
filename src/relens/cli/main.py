"""The `relens` command: finds the command, runs it, and turns every mistake into one line and an exit status."""

import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from relens.cli.batch import Batch
from relens.cli.demo import Demo
from relens.cli.depth import Depth
from relens.cli.edit import Edit
from relens.cli.explain import Explain
from relens.cli.export import Export
from relens.cli.fit import Fit
from relens.cli.flags import in_flags
from relens.cli.info import Info
from relens.cli.licenses import Licenses
from relens.cli.lift import Lift
from relens.cli.light_field import LightField
from relens.cli.matte import Matte
from relens.cli.migrate import Migrate
from relens.cli.models import Models
from relens.cli.path import PathFilm
from relens.cli.shoot import Shoot
from relens.cli.stack import Stack
from relens.cli.stereo import Stereo
from relens.cli.sweep import Sweep
from relens.cli.view import View
from relens.errors import RelensError

_COMMANDS = {
    "batch": Batch,
    "demo": Demo,
    "depth": Depth,
    "edit": Edit,
    "explain": Explain,
    "export": Export,
    "fit": Fit,
    "info": Info,
    "licenses": Licenses,
    "lift": Lift,
    "light-field": LightField,
    "matte": Matte,
    "migrate": Migrate,
    "models": Models,
    "path": PathFilm,
    "shoot": Shoot,
    "stack": Stack,
    "stereo": Stereo,
    "sweep": Sweep,
    "view": View,
}
_DESCRIPTION = """Choose the lens after the shot: lift a photograph into metric 3D and photograph it again.

Try:
  relens demo                                  see what it does, in out/demo
  relens shoot portrait.heic -o face.png --focus subject --f-number 1.4
  relens COMMAND --help
  relens --version"""
_WRONG, _INTERRUPTED = 2, 130
_TOO_LARGE = "not enough memory; try a smaller --size, a smaller photo, or close other programs"
_OPENCV_NO_MEMORY = -4  # cv2.Error.StsNoMem


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, 2 for what the user can mend, 130 when interrupted.

    argv: the words after `relens`; those of this process when left out. SystemExit leaves here only from the parser,
    with 0 after --help and 2 after words it does not know.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        # File names may hold what the terminal's encoding does not.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")
            _run(words or ["--help"])
            sys.stdout.flush()
    except RelensError as error:
        return _fail(in_flags(str(error)))
    except MemoryError:
        return _fail(_TOO_LARGE)
    except BrokenPipeError:
        # The reader (`| head`) has what it wanted; Python would complain once more while it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        return _fail(f"{where}{error.strerror or error}")
    except KeyboardInterrupt:
        print("relens: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except Exception as error:
        # OpenCV has a kind of its own for all its errors; asking for it would load OpenCV.
        if getattr(error, "code", None) == _OPENCV_NO_MEMORY and type(error).__module__ == "cv2":
            return _fail(_TOO_LARGE)
        raise
    return 0


def _run(words: list[str]) -> None:
    if words == ["--version"]:
        from importlib.metadata import version

        print(f"relens {version('relens')}")
        return
    import tyro

    commands = _COMMANDS | ({"edit": Edit.with_actions()} if words[0] == "edit" else {})
    config = (tyro.conf.FlagCreatePairsOff, tyro.conf.DisallowNone)
    command: Any = tyro.extras.subcommand_cli_from_dict(
        commands, prog="relens", description=_DESCRIPTION, args=words, config=config
    )
    command.run()


def _fail(problem: str) -> int:
    print(f"relens: error: {' '.join(problem.split())}", file=sys.stderr)
    return _WRONG
