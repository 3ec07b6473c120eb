import os
from pathlib import Path

import pytest
from hub_server import COMMIT, CONFIG, MODEL

from relens.weights import WEIGHTS, local_files, state
from relens.weights.local import hub_cache

_OTHER = "0f" * 20


def _store(cache: Path) -> Path:
    return cache / "models--apple--DepthPro-hf"


def _put(store: Path, commit: str, *names: str) -> Path:
    folder = store / "snapshots" / commit
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(CONFIG if name == "config.json" else MODEL)
    return folder


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "~/.cache/huggingface/hub"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/huggingface/hub"),
        ({"XDG_CACHE_HOME": "/x", "HF_HOME": "~/h"}, "~/h/hub"),
        ({"HF_HOME": "/h", "HUGGINGFACE_HUB_CACHE": "/old"}, "/old"),
        ({"HF_HOME": "/h", "HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "$HOME/c"}, "~/c"),
    ],
)
def test_the_cache_is_where_huggingface_hub_has_it(
    hub_home: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for variable in ("HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    assert hub_cache() == Path(expected).expanduser()


def test_nothing_is_here_at_first(hub_home: Path) -> None:
    for name in WEIGHTS:
        assert local_files(name) is None
        assert (state(name).here, state(name).text, state(name).size_bytes) == (False, "not here", 0)
        assert state(name).folder.is_relative_to(hub_home)


def test_only_a_complete_set_counts(hub_home: Path) -> None:
    folder = _put(_store(hub_cache()), COMMIT, "config.json")
    assert local_files("depth-pro") is None
    (folder / "model.safetensors").symlink_to("../../blobs/gone")
    assert local_files("depth-pro") is None
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(MODEL)
    assert local_files("depth-pro") == folder
    assert state("depth-pro").text == "here"
    assert state("depth-pro").size_bytes == len(CONFIG) + len(MODEL)


def test_main_comes_first_then_the_newest(hub_home: Path) -> None:
    store = _store(hub_cache())
    main = _put(store, COMMIT, "config.json", "model.safetensors")
    newer = _put(store, _OTHER, "config.json", "model.safetensors")
    os.utime(main, (1, 1))
    assert local_files("depth-pro") == newer
    (store / "refs").mkdir()
    (store / "refs" / "main").write_text(COMMIT)
    assert local_files("depth-pro") == main
    # transformers has looked up the configuration of a newer commit, and not fetched its weights
    (store / "refs" / "main").write_text("ee" * 20)
    _put(store, "ee" * 20, "config.json")
    assert local_files("depth-pro") == newer


def test_a_part_says_where_it_resumes(hub_home: Path) -> None:
    blobs = _store(hub_cache()) / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"{'ab' * 32}.1000.part").write_bytes(bytes(437))
    (blobs / f"{'ab' * 32}.1a2b.incomplete").write_bytes(bytes(100))  # huggingface_hub's own, of no use
    found = state("depth-pro")
    assert found.text == "incomplete: resumes at 43 %"
    assert found.size_bytes == 537
