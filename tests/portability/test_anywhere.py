"""The command line where little is as on its developers' machines: names, locale, home, mask, folder."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

# Spaces, a letter in two forms of Unicode, right to left, outside the basic plane, a dash in front.
FOLDERS = ("-o with spaces", "cafe\u0301 caf\u00e9", "\u05e2\u05d1\u05e8\u05d9\u05ea \U0001f642")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a photo and its depth, under names that not every program can bear."""
    made = tmp_path.joinpath(*FOLDERS)
    made.mkdir(parents=True)
    rng = np.random.default_rng(3)
    Image.fromarray(rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)).save(made / "\u5199\u771f 1.png")
    metres = np.full((24, 32), 3.0, np.float32)
    metres[6:18, 8:24] = 0.8
    np.savez(made / "tiefe \u6df1.npz", depth=metres)
    return made


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "XDG_"))}
    environment |= {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "XYZ-25"}
    environment |= {"HOME": os.devnull, "TMPDIR": str(folder.parent)}
    # A file, as what pip makes for `relens` is: with -c, Python 3.13.0 cannot load numpy where its folder has gone.
    script = folder.parent / "main.py"
    script.write_text(_MAIN, "utf-8")
    return subprocess.run(
        [sys.executable, str(script), *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="ascii",  # all that a C locale's stdout may hold
        timeout=120,
    )


# The umask of a careful administrator; the folder that it was started in goes away.
_MAIN = """
import os, shutil, sys
from pathlib import Path
os.umask(0o077)
if sys.platform != "win32":
    gone = Path("gone"); gone.mkdir(); os.chdir(gone); os.rmdir("../gone")
from relens.cli.main import main
sys.exit(main())
"""


def test_a_photo_is_lifted_without_home_locale_or_current_folder(folder: Path) -> None:
    photo, depth, scene = folder / "\u5199\u771f 1.png", folder / "tiefe \u6df1.npz", folder / "-sc\u00e8ne"
    outcome = _run(folder, "lift", str(photo), "--depth", str(depth), "-o", str(scene))
    assert (outcome.returncode, outcome.stderr) == (0, ""), outcome.stderr
    assert "2 layers" in outcome.stdout
    assert (scene / "scene.json").stat().st_mode & 0o077 == 0


def test_errors_are_one_line_there_too(folder: Path) -> None:
    outcome = _run(folder, "info", str(folder / "fehlt \u00fc.png"))
    assert outcome.returncode == 2
    assert len(outcome.stderr.splitlines()) == 1 and "does not exist" in outcome.stderr
