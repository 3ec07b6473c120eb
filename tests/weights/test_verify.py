from pathlib import Path

import pytest
from hub_server import COMMIT, MODEL, Hub, sha256

from relens.errors import FileError, RelensError
from relens.weights import fetch, verify


@pytest.fixture
def folder(hub: Hub) -> Path:
    return fetch("depth-pro", announce=lambda _: None)


def _spoil(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_sound_files_are_said_to_be_with_what_was_compared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    heard: list[tuple[str, float]] = []
    config, model = verify("depth-pro", lambda stage, fraction: heard.append((stage, fraction)))
    assert (config.file, config.against) == (folder / "config.json", "git's sha1, as the hub's cache names it")
    assert (model.file, model.against) == (folder / "model.safetensors", "sha256, as the hub's cache names it")
    assert heard[-1] == ("verify weights", 1.0)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_corrupt_file_is_named(folder: Path, name: str) -> None:
    _spoil(folder / name)
    with pytest.raises(FileError, match=rf"{name}: is corrupt: .* mend it: relens models remove depth-pro"):
        verify("depth-pro")


def test_a_truncated_file_is_corrupt(folder: Path) -> None:
    file = (folder / "model.safetensors").resolve()
    file.write_bytes(MODEL[:-1])
    with pytest.raises(FileError, match=f"the hub's cache names it {sha256(MODEL)}"):
        verify("depth-pro")


def test_files_that_are_no_links_are_compared_with_what_the_hub_says(hub: Hub, folder: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        blob = (folder / name).resolve()
        (folder / name).unlink()
        blob.rename(folder / name)
    hub.asked.clear()
    assert [verified.against for verified in verify("depth-pro")] == [
        "git's sha1, as the hub says",
        "sha256, as the hub says",
    ]
    assert hub.asked[0][0].startswith(f"/api/models/apple/DepthPro-hf/revision/{COMMIT}?")
    _spoil(folder / "model.safetensors")
    with pytest.raises(FileError, match=f"the hub says {sha256(MODEL)}"):
        verify("depth-pro")
    hub.status = 503
    with pytest.raises(RelensError, match=r"config.json: its checksum is not kept here, and the hub has to be asked: "):
        verify("depth-pro")


def test_what_is_not_here_cannot_be_verified(hub: Hub) -> None:
    with pytest.raises(RelensError, match=r"depth-pro-apple: not here.* relens models fetch depth-pro-apple"):
        verify("depth-pro-apple")
