"""Whatever is killed leaves what was there, or what was to be; 200 kills are `benchmarks/crash.py`."""

import sys

import pytest
from kill_trials import run_kills

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and processes that are forked")

_KILLS = (
    ("save", "any"), ("save", "write"), ("edit", "write"), ("edit", "any"),
    ("lift", "write"), ("path", "any"), ("path", "write"), ("batch", "write"),
)  # fmt: skip


def test_a_killed_process_leaves_whole_scenes_finished_frames_and_nothing_half_written(tmp_path):
    found = run_kills(tmp_path, 7, _KILLS)
    assert [each for each in found if each.problems] == []
    # Some of them were writing.
    assert any(each.during_write for each in found)
