"""The GPU for the CUDA engine: whether there is one, and what a scene needs of its memory."""

import ctypes
import importlib.util
import os
import sys
from types import ModuleType

from relens.errors import MissingPackageError
from relens.render.kernel_cache import kernels_folder

# A GPU is asked for at most this much at a time for the plan of a band of tiles.
PLAN_BYTES = 256 * 2**20
# A texel: 16 bytes of colour with a third more for its pyramid, 4 of inverse depth, and its share of the bounds.
_BYTES_A_TEXEL = 16 * 4 / 3 + 4 + 0.2
# A pixel: light and coverage, count, variance.
_BYTES_A_PIXEL = 24


def why_no_gpu() -> str | None:
    """What keeps the CUDA engine from running here, whatever the scene; None where nothing does. Costs little."""
    if importlib.util.find_spec("warp") is None:
        return "the package warp-lang is not installed (pip install 'relens[cuda]')"
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return "no NVIDIA driver on this machine"
    count = ctypes.c_int(0)
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
        return "the NVIDIA driver finds no GPU on this machine"
    if not open_warp().is_cuda_available():
        return "warp-lang cannot use this machine's NVIDIA driver; update the driver"
    return None


def open_warp() -> ModuleType:
    """NVIDIA Warp, quiet, its compiled kernels beside relens' others unless the user chose a place.

    Raises MissingPackageError where it is not installed.
    """
    if importlib.util.find_spec("warp") is None:
        raise MissingPackageError("warp-lang", "the engine cuda", "pip install 'relens[cuda]'")
    import warp

    if warp.config.log_level == warp.LOG_INFO:
        warp.config.log_level = warp.LOG_ERROR
    if not warp.config.kernel_cache_dir and not os.environ.get("WARP_CACHE_PATH"):
        warp.config.kernel_cache_dir = str(kernels_folder() / "warp")
    warp.init()
    return warp


def needed_bytes(texels: int, pixels: int) -> int:
    """Bytes of GPU memory for a picture of so many pixels of layers that have so many texels in all."""
    return int(texels * _BYTES_A_TEXEL + pixels * _BYTES_A_PIXEL + PLAN_BYTES)
