"""Files that unfold to the most that any short file may (relens.photo.stored.check_size): memory and time of reading.

python tests/fuzz/bombs.py prints a table; 1 where a file takes more than 2 GB or 20 s.
"""

import io
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

_LIMIT_MB, _LIMIT_S = 2048, 20


def _picture(mode: str, side: int, kind: str) -> bytes:
    from PIL import Image

    from relens.photo.colour_space import DISPLAY_P3
    from relens.photo.icc import build_icc

    file = io.BytesIO()
    profile = {} if mode == "L" else {"icc_profile": build_icc("P3", DISPLAY_P3)}
    Image.new(mode, (side, side), (9, 99, 20, 77)[: len(mode)] if mode != "L" else 99).save(file, kind, **profile)
    return file.getvalue()


def _deep_png(side: int) -> bytes:
    import cv2

    return cv2.imencode(".png", np.full((side, side, 4), 30000, np.uint16))[1].tobytes()


def _tiff(array: np.ndarray) -> bytes:
    import tifffile

    file = io.BytesIO()
    tifffile.imwrite(file, array, compression="zlib")
    return file.getvalue()


def _exr(side: int) -> bytes:
    import OpenEXR

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.exr")
        plane = np.full((side, side, 4), 0.5, np.float16)
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, {"RGBA": plane}).write(str(file))
        return file.read_bytes()


def _npz(side: int) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, depth=np.full((side, side), 2.0, np.float64))
    return file.getvalue()


# Three, four or one channel of 100 million samples; a depth map counts as three.
_COLOUR, _ALPHA, _GREY = 5773, 5000, 10000
_BOMBS = {
    "photo jpeg": lambda: _picture("RGB", _COLOUR, "JPEG"),
    "photo png 8": lambda: _picture("RGBA", _ALPHA, "PNG"),
    "photo png 16": lambda: _deep_png(_ALPHA),
    "photo tiff 16": lambda: _tiff(np.full((_COLOUR, _COLOUR, 3), 30000, np.uint16)),
    "photo tiff float64": lambda: _tiff(np.full((_COLOUR, _COLOUR, 3), 0.5)),
    "photo exr": lambda: _exr(_ALPHA),
    "photo webp": lambda: _picture("RGB", _COLOUR, "WEBP"),
    "depth npz": lambda: _npz(_COLOUR),
    "depth png": lambda: _picture("L", _COLOUR, "PNG"),
    "mask png": lambda: _picture("L", _GREY, "PNG"),
}


def _read(name: str, file: Path) -> None:
    """Read in this process and print what it took."""
    from relens.depth.files import read_depth
    from relens.matte.mask_file import read_mask
    from relens.photo import read_photo

    suffix = "." + name.split()[1].replace("tiff", "tif")
    file = file.rename(file.with_suffix(suffix))
    start = time.perf_counter()
    if name.startswith("depth"):
        read_depth(file, "metres", 1.0, 9.0) if "png" in name else read_depth(file)
    else:
        (read_mask if name.startswith("mask") else read_photo)(file)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak_mb:.0f} {time.perf_counter() - start:.1f}")


def main() -> int:
    """Print a line a file."""
    if len(sys.argv) == 3:
        _read(sys.argv[1], Path(sys.argv[2]))
        return 0
    worst = 0
    print(f"{'file':20} {'bytes':>9} {'peak MB':>8} {'s':>6}")
    for name, made in _BOMBS.items():
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "bomb")
            file.write_bytes(made())
            size = file.stat().st_size
            said = subprocess.run(
                [sys.executable, __file__, name, str(file)], capture_output=True, text=True, check=True
            )
        peak_mb, seconds = map(float, said.stdout.split())
        worst |= peak_mb > _LIMIT_MB or seconds > _LIMIT_S
        print(f"{name:20} {size:9} {peak_mb:8.0f} {seconds:6.1f}", flush=True)
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
