"""Freed memory handed back to the system, where the C library keeps it (glibc)."""

import sys


def give_back_freed() -> None:
    """Without it, reading weights in another format leaves gigabytes of holes in the heap, which count as used."""
    if sys.platform == "linux":
        import ctypes

        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
