import sys
from pathlib import Path

import pytest
from hub_server import COMMIT, CONFIG, MODEL, Hub, sha256

from relens.errors import FileError, MissingPackageError, RelensError
from relens.weights import fetch, local_files, remove, state, verify
from relens.weights.local import hub_cache, store_of
from relens.weights.registry import card

_SIZE = len(CONFIG) + len(MODEL) + len(COMMIT)  # refs/main holds the commit


@pytest.fixture
def store(hub: Hub) -> Path:
    """Of depth-pro, fetched."""
    fetch("depth-pro", announce=lambda _: None)
    return store_of(card("depth-pro"))


def test_its_folder_goes_and_nothing_else(store: Path) -> None:
    other = hub_cache() / "models--someone--else" / "blobs" / "file"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"kept")
    fetch("depth-pro-apple", announce=lambda _: None)
    assert remove("depth-pro") == _SIZE
    assert not store.exists() and not (hub_cache() / ".locks" / store.name).exists()
    assert local_files("depth-pro") is None
    assert local_files("depth-pro-apple") is not None
    assert other.read_bytes() == b"kept"


def test_a_part_is_removed_too(hub: Hub) -> None:
    hub.cuts_bytes = [1000] + [0] * 10
    with pytest.raises(RelensError):
        fetch("depth-pro", announce=lambda _: None)
    assert remove("depth-pro") == 1000 + len(CONFIG)
    assert state("depth-pro").text == "not here"


def test_what_is_not_here_cannot_be_removed(hub_home: Path) -> None:
    with pytest.raises(RelensError, match="depth-pro: nothing of it is here"):
        remove("depth-pro")


def test_what_the_hubs_cache_does_not_own_stays(store: Path) -> None:
    (store / "my-notes.txt").write_text("mine")
    with pytest.raises(FileError, match=r"holds my-notes.txt, which is neither of relens nor of the hub's cache"):
        remove("depth-pro")
    assert local_files("depth-pro") is not None


def test_a_folder_behind_a_link_stays(store: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    store.rename(elsewhere)
    store.symlink_to(elsewhere)
    with pytest.raises(FileError, match=f"is a link to {elsewhere}"):
        remove("depth-pro")
    assert local_files("depth-pro") is not None


def test_what_is_being_fetched_stays(hub: Hub) -> None:
    def remove_too(stage: str, fraction: float) -> None:
        with pytest.raises(RelensError, match="depth-pro: another process is fetching it"):
            remove("depth-pro")

    fetch("depth-pro", remove_too, lambda _: None)
    assert local_files("depth-pro") is not None


@pytest.fixture
def shared(store: Path) -> Path:
    """The bytes of the model, where huggingface_hub keeps those that it has fetched itself: among all repos'."""
    library = pytest.importorskip("huggingface_hub.utils._shared_blobs")
    content_hash = "5e" * 32
    published = library.publish_blob_to_shared_store(
        blob_path=str(store / "blobs" / sha256(MODEL)),
        xet_hash=content_hash,
        cache_dir=str(hub_cache()),
        expected_size=len(MODEL),
    )
    assert published and (store / "blobs" / sha256(MODEL)).is_symlink()
    return library.shared_blob_path(hub_cache(), content_hash)


def test_bytes_that_the_hub_shares_are_found_verified_and_removed(store: Path, shared: Path) -> None:
    assert shared.read_bytes() == MODEL
    assert local_files("depth-pro") is not None and state("depth-pro").size_bytes == _SIZE
    assert len(verify("depth-pro")) == 2
    assert remove("depth-pro") == _SIZE
    assert not shared.exists() and not store.exists()


def test_shared_bytes_need_the_program_that_counts_their_users(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingPackageError, match=r"needs the package huggingface_hub; .*relens\[depth-pro\]"):
        remove("depth-pro")
    assert shared.exists() and local_files("depth-pro") is not None
