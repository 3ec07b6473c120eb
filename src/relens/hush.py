"""Hush: native libraries that write on stderr, past Python, made to keep still."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hushed_stderr() -> Iterator[None]:
    """Inside, nothing that anybody in this process writes on stderr is seen."""
    stderr = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
