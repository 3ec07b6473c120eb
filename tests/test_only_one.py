"""A lock is held by one process at a time, and ends with it."""

import subprocess
import sys

import pytest

from relens.errors import RelensError
from relens.only_one import only_one

_HOLD = """
import sys, time
from pathlib import Path
from relens.only_one import only_one
with only_one(Path(sys.argv[1]), "busy"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_another_process_waits_for_nothing_and_is_told(tmp_path):
    lock = tmp_path / "new" / "lock"
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(lock)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(RelensError, match=r"^busy$"), only_one(lock, "busy"):
            pass
        other.kill()
        other.wait()
        with only_one(lock, "busy"):
            pass
