"""A disk that is full, read-only or broken, at some of the writes; at all of them: `benchmarks/crash.py --faults`."""

import shutil
import sys
from collections import Counter

import pytest
from fault_trials import FAULTS, run_trials

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="faults.c is preloaded, as Linux does it"),
    pytest.mark.skipif(shutil.which("cc") is None, reason="faults.c needs a C compiler, cc"),
]

_SOME = ("edit undo", "edit export over pages", "shoot exr", "depth npy", "export obj")


def test_what_cannot_be_written_is_one_line_and_nothing_else_changes(tmp_path):
    results = run_trials(tmp_path, _SOME, tuple(FAULTS), most=3)
    assert [each for each in results if each.problems] == []
    tried = Counter((each.operation, each.fault) for each in results if each.status == 2)
    assert len(tried) == len(_SOME) * len(FAULTS)
    # Native libraries are reached as well: OpenEXR's streams.
    assert "fopen" in {each.call for each in results if each.operation == "shoot exr"}
