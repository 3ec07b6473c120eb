import os
import shutil
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest
from hub_server import CHECKPOINT, COMMIT, CONFIG, MODEL, Hub, git_sha1, sha256

from relens.errors import FileError, RelensError, ValueRangeError
from relens.progress import silent
from relens.weights import Announcement, fetch, local_files, state
from relens.weights.local import part_path, store_of
from relens.weights.registry import card

_SIZE = len(CONFIG) + len(MODEL)


def _store() -> Path:
    return store_of(card("depth-pro"))


def _parts() -> list[Path]:
    return list(_store().rglob("*.part"))


def _interrupted(hub: Hub, at: float) -> None:
    """Fetch depth-pro until the fraction, in small steps, and press Ctrl-C."""

    def press(stage: str, fraction: float) -> None:
        if fraction >= at:
            raise KeyboardInterrupt

    hub.cuts_bytes = [1 << 16] * 100
    with pytest.raises(KeyboardInterrupt):
        fetch("depth-pro", press, lambda _: None)
    hub.cuts_bytes = []


def test_the_files_lie_as_the_hubs_own_program_lays_them(hub: Hub) -> None:
    folder = fetch("depth-pro", announce=lambda _: None)
    assert folder == local_files("depth-pro") == _store() / "snapshots" / COMMIT
    assert (folder / "config.json").read_bytes() == CONFIG
    assert (folder / "model.safetensors").read_bytes() == MODEL
    assert (_store() / "blobs" / git_sha1(CONFIG)).read_bytes() == CONFIG
    assert (_store() / "blobs" / sha256(MODEL)).read_bytes() == MODEL
    assert os.readlink(folder / "model.safetensors") == f"../../blobs/{sha256(MODEL)}"
    assert (_store() / "refs" / "main").read_text() == COMMIT
    assert sorted(entry.name for entry in _store().iterdir()) == ["blobs", "refs", "snapshots"]


def test_huggingface_hub_finds_them(hub: Hub) -> None:
    hub_library = pytest.importorskip("huggingface_hub")
    folder = fetch("depth-pro", announce=lambda _: None)
    cache = _store().parent
    for name in ("config.json", "model.safetensors"):
        assert hub_library.try_to_load_from_cache("apple/DepthPro-hf", name, cache_dir=cache) == str(folder / name)
    scanned = hub_library.scan_cache_dir(cache)
    assert not scanned.warnings
    assert [repo.size_on_disk for repo in scanned.repos] == [_SIZE]


def test_apples_checkpoint_is_fetched_the_same_way(hub: Hub) -> None:
    folder = fetch("depth-pro-apple", announce=lambda _: None)
    assert (folder / "depth_pro.pt").read_bytes() == CHECKPOINT
    assert local_files("depth-pro") is None


def test_what_is_here_is_not_asked_for(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fetch("depth-pro", announce=lambda _: None)
    hub.asked.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert fetch("depth-pro", announce=_no_announcement) == folder
    assert not hub.asked


def _no_announcement(announcement: Announcement) -> None:
    raise AssertionError(announcement)


def test_size_and_licence_are_announced_once_before_the_first_byte(hub: Hub) -> None:
    heard: list[Announcement] = []

    def hear(announcement: Announcement) -> None:
        assert not hub.ranges_of("model.safetensors")
        heard.append(announcement)

    fetch("depth-pro", announce=hear)
    (announcement,) = heard
    assert (announcement.size_bytes, announcement.here_bytes) == (_SIZE, 0)
    assert announcement.text.startswith("fetching depth-pro (512 kB) from 127.0.0.1:")
    assert str(_store()) in announcement.text
    assert "apple-amlr" in announcement.text and "https://huggingface.co/apple/DepthPro-hf" in announcement.text


def test_who_does_not_listen_reads_the_announcement_on_stderr(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    fetch("depth-pro")
    printed = capsys.readouterr()
    assert not printed.out
    assert "512 kB" in printed.err and "research only" in printed.err


def test_progress_runs_to_the_end_without_a_step_back(hub: Hub) -> None:
    heard: dict[str, list[float]] = {}
    fetch("depth-pro", lambda stage, fraction: heard.setdefault(stage, []).append(fraction), lambda _: None)
    assert list(heard) == ["fetch weights", "verify weights"]
    for fractions in heard.values():
        assert fractions == sorted(fractions)
        assert fractions[0] >= 0 and fractions[-1] == 1


def test_an_interrupted_download_goes_on_where_it_was(hub: Hub) -> None:
    _interrupted(hub, 0.5)
    found = state("depth-pro")
    assert not found.here and local_files("depth-pro") is None
    assert found.resumes_at is not None and 0.5 <= found.resumes_at < 1
    (part,) = _parts()
    here = part.stat().st_size
    hub.asked.clear()
    heard: list[Announcement] = []
    folder = fetch("depth-pro", announce=heard.append)
    assert heard[0].here_bytes == here + len(CONFIG)
    assert hub.ranges_of("model.safetensors") == [f"bytes={here}-"]
    assert (folder / "model.safetensors").read_bytes() == MODEL
    assert not _parts()


def test_a_killed_download_goes_on_where_it_was(hub: Hub) -> None:
    hub.pause_s = 0.05
    part = part_path(_store(), sha256(MODEL), len(MODEL))
    code = "from relens.weights import fetch; fetch('depth-pro')"
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as process:
        while not (part.exists() and part.stat().st_size > 0):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    hub.pause_s = 0.0
    here = part.stat().st_size
    assert 0 < here < len(MODEL)
    hub.asked.clear()
    fetch("depth-pro", announce=lambda _: None)
    assert hub.ranges_of("model.safetensors") == [f"bytes={here}-"]


def test_a_lost_connection_says_that_the_part_is_kept(hub: Hub) -> None:
    hub.cuts_bytes = [100_000] + [0] * 10
    with pytest.raises(RelensError, match=r"the connection broke.*what has arrived is kept, and fetching again goes"):
        fetch("depth-pro", announce=lambda _: None)
    assert _parts()[0].stat().st_size == 100_000


def test_corrupt_bytes_are_named_and_removed(hub: Hub) -> None:
    hub.corrupt = True
    with pytest.raises(FileError, match=rf"model.safetensors: arrived corrupt: sha256 .* hub says {sha256(MODEL)}"):
        fetch("depth-pro", announce=lambda _: None)
    assert local_files("depth-pro") is None
    assert not _parts() and not (_store() / "snapshots").exists()
    hub.corrupt = False
    fetch("depth-pro", announce=lambda _: None)


def test_a_part_of_something_else_does_not_pass(hub: Hub) -> None:
    _interrupted(hub, 0.5)
    part = _parts()[0]
    part.write_bytes(bytes(part.stat().st_size))
    with pytest.raises(FileError, match="arrived corrupt"):
        fetch("depth-pro", announce=lambda _: None)


def test_a_new_commit_leaves_no_part_of_the_old(hub: Hub) -> None:
    _interrupted(hub, 0.5)
    newer = MODEL[::-1]
    hub.commit, hub.files["apple/DepthPro-hf"]["model.safetensors"] = "d1" * 20, newer
    folder = fetch("depth-pro", announce=lambda _: None)
    assert folder.name == hub.commit
    assert (folder / "model.safetensors").read_bytes() == newer
    assert not _parts()


_Usage = namedtuple("_Usage", "total used free")


def test_a_disk_too_small_is_told_before_the_first_byte(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(10**9, 10**9 - _SIZE + 1, _SIZE - 1))
    with pytest.raises(
        FileError, match="512 kB are needed and 512 kB are free on this disk; make room, or set HF_HOME"
    ):
        fetch("depth-pro", announce=_no_announcement)
    assert not hub.ranges_of("model.safetensors")


def test_only_what_is_missing_needs_room(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    _interrupted(hub, 0.5)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(10**9, 0, _SIZE // 2))
    assert (fetch("depth-pro", announce=lambda _: None) / "model.safetensors").read_bytes() == MODEL


def test_a_place_that_is_no_folder_is_named(hub: Hub, hub_home: Path) -> None:
    hub_home.write_bytes(b"")
    with pytest.raises(FileError, match=r"hf.*: cannot write: "):
        fetch("depth-pro", announce=lambda _: None)


def test_two_do_not_fetch_the_same_at_once(hub: Hub) -> None:
    def fetch_too(stage: str, fraction: float) -> None:
        with pytest.raises(RelensError, match="depth-pro: another process is fetching it"):
            fetch("depth-pro", announce=_no_announcement)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("depth-pro", fetch_too, lambda _: None)
    fetch("depth-pro", silent, lambda _: None)


def test_without_links_the_files_themselves_take_the_names(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: object) -> None:
        raise OSError("A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", forbid)
    folder = fetch("depth-pro", announce=lambda _: None)
    assert not (folder / "model.safetensors").is_symlink()
    assert (folder / "model.safetensors").read_bytes() == MODEL


def test_another_name_is_refused(hub: Hub) -> None:
    with pytest.raises(ValueRangeError, match="depth-amateur"):
        fetch("depth-amateur")
