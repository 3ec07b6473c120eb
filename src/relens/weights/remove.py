"""Removing weights from the hub's cache: their own repo's folder, and nothing else."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from relens.errors import FileError, MissingPackageError, RelensError
from relens.only_one import only_one
from relens.weights.local import files_in, lock_path, store_of
from relens.weights.registry import card

# What huggingface_hub keeps in a repo's folder; relens adds to blobs only.
_OWNED = {"blobs", "refs", "snapshots", "trees", ".no_exist", ".DS_Store"}


def remove(name: str) -> int:
    """Remove the weights `name`, parts of downloads included, for every program that shares them; returns bytes freed.

    Raises ValueRangeError for a name that is none of WEIGHTS; RelensError when nothing of them is here; FileError when
    the folder is a link or holds what neither relens nor the hub's cache put there, and when it cannot be removed.
    """
    weights = card(name)
    store = store_of(weights)
    if store.is_symlink():
        raise FileError(store, f"is a link to {store.resolve()}; remove it yourself if that is meant")
    if not store.is_dir():
        raise RelensError(f"{name}: nothing of it is here, so there is nothing to remove")
    foreign = sorted(entry.name for entry in store.iterdir() if entry.name not in _OWNED)
    if foreign:
        problem = f"holds {', '.join(foreign)}, which is neither of relens nor of the hub's cache"
        raise FileError(store, f"{problem}; move it away, then remove again")
    sizes = {file: file.stat().st_size for file in files_in(store)}
    try:
        with only_one(lock_path(store), f"{name}: another process is fetching it; end that first"):
            _release_shared(store, sizes)
            if store.exists():
                shutil.rmtree(store)
    except OSError as error:
        raise FileError(error.filename or store, f"cannot remove: {error.strerror or error}") from error
    shutil.rmtree(lock_path(store).parent, ignore_errors=True)
    return sum(size for file, size in sizes.items() if not file.exists())


def _release_shared(store: Path, files: Iterable[Path]) -> None:
    """Let huggingface_hub remove the repo where its bytes lie in the cache's store for all repos: it counts the users.

    Only huggingface_hub (2.4: utils/_shared_blobs.py) puts them there, so it is as good as always installed then.
    """
    if all(file.is_relative_to(store.resolve()) for file in files):
        return
    try:
        from huggingface_hub import scan_cache_dir
    except ImportError as error:
        purpose = f"removing {store}, whose bytes lie among those of other models,"
        raise MissingPackageError("huggingface_hub", purpose, "pip install 'relens[depth-pro]'") from error
    cache = scan_cache_dir(store.parent)
    revisions = [
        revision.commit_hash for repo in cache.repos if repo.repo_path.name == store.name for revision in repo.revisions
    ]
    cache.delete_revisions(*revisions).execute()
