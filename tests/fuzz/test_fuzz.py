"""What fuzzing once found stays mended, and the fuzzer itself runs, the same way each time."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz.corpus import findings, kept_inputs

_HERE = Path(__file__).parent
_ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1"}
_NEEDED = [name for name in ("trimesh", "pycolmap", "av") if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(_NEEDED), reason=f"some readers are not installed: {', '.join(_NEEDED)}")


def test_all_that_was_kept_is_read_or_refused():
    # In a process of its own: a native library that crashes must not take the tests with it.
    done = subprocess.run([sys.executable, _HERE / "replay.py"], capture_output=True, text=True, env=_ENVIRONMENT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    kept = len(list(_HERE.glob("corpus/*.zip")))
    read = int(done.stdout.split(" inputs read")[0].split()[-1])
    assert kept > 25 and read > 500


def test_corpora_and_findings_belong_to_targets():
    from subprocess import check_output

    names = check_output(
        [sys.executable, "-c", "from fuzz.targets.all import TARGETS; print(*TARGETS)"],
        text=True, env=_ENVIRONMENT | {"PYTHONPATH": str(_HERE.parent)},
    ).split()  # fmt: skip
    assert {file.stem for file in _HERE.glob("corpus/*.zip")} <= set(names)
    assert {folder.name for folder in _HERE.glob("findings/*")} <= set(names)
    assert all(kept_inputs(file.stem) for file in _HERE.glob("corpus/*.zip"))
    assert all(findings(folder.name) for folder in _HERE.glob("findings/*"))


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed: pip install atheris")
def test_a_short_run_finds_nothing_and_gives_the_same_inputs_again(tmp_path):
    results = []
    for out in ("one", "two"):
        command = [sys.executable, _HERE / "run.py", "exif", "--runs", "150", "--seed", "5", "--out", tmp_path / out]
        done = subprocess.run(command, capture_output=True, text=True, env=_ENVIRONMENT)
        assert done.returncode == 0, done.stdout + done.stderr
        results.append(json.loads((tmp_path / out / "exif" / "result.json").read_text()))
    assert results[0]["runs"] == 150 and not results[0]["findings"]
    assert results[0]["digest"] == results[1]["digest"] != ""
    assert results[0]["coverage"] > results[0]["coverage_seeds"] > 0
