"""Where compiled kernels are kept between runs: a folder named after the very sources they were compiled from.

numba looks only at a kernel's own file to tell whether its cache is stale; a change in a file it calls into would go
unnoticed. A cache outside the package also serves read-only installs.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relens.compiled import cache_base


@contextmanager
def cached_by_source() -> Iterator[None]:
    """While open, numba kernels that are defined get their cache in this build's folder (unless the user chose one)."""
    from numba.core import config

    chosen = getattr(config, "CACHE_DIR", "")
    if not chosen:
        setattr(config, "CACHE_DIR", str(_folder()))  # noqa: B010, numba makes these names at run time
    try:
        yield
    finally:
        setattr(config, "CACHE_DIR", chosen)  # noqa: B010


def _folder() -> Path:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("cpu_*.py")):
        digest.update(source.read_bytes())
    return kernels_folder() / digest.hexdigest()[:16]


def kernels_folder() -> Path:
    """Where compiled kernels are kept: in the user's cache, or a private folder where that is read-only."""
    return cache_base() / "relens" / "kernels"
