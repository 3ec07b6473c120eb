"""Superwords: kernels that work on the four numbers of a colour at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# numba's setting is one for the whole process.
_COMPILING = threading.RLock()


@contextmanager
def superwords(kernel: Callable) -> Iterator[None]:
    """While open, a kernel that has not been called yet is compiled with LLVM's superword-level parallelism.

    numba leaves that out of what it compiles unless the whole process asks for it; here it makes a picture a fifth
    quicker. A kernel that is compiled, or that a cache holds, stays as it is.
    """
    from numba.core import config

    if getattr(kernel, "signatures", True):
        yield
        return
    with _COMPILING:
        before = getattr(config, "SLP_VECTORIZE", 0)
        setattr(config, "SLP_VECTORIZE", 1)  # noqa: B010, numba makes these names at run time
        try:
            yield
        finally:
            setattr(config, "SLP_VECTORIZE", before)  # noqa: B010
