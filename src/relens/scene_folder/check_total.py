"""Whether the files of a scene can hold the pages that scene.json announces, before any of them is unfolded."""

from pathlib import Path

from relens.errors import FileError
from relens.photo import stored
from relens.scene_folder.manifest import MANIFEST_NAME, Manifest

# Red, green, blue, alpha and inverse depth.
_SAMPLES_A_TEXEL = 5


def check_total(manifest: Manifest, folder: Path) -> None:
    """Raise FileError for more than 200 million samples, or 150 for each byte of the files where that is more.

    The rule of `relens.photo.stored.check_size`, for all pages at once: layers that are nearly empty are small files,
    but the rearmost is as long as a photograph. Files that are missing are named later.
    """
    files = [folder / name for name in manifest.files()]
    size = sum(file.stat().st_size for file in files if file.is_file())
    samples = manifest.width_px * manifest.height_px * len(manifest.layers) * _SAMPLES_A_TEXEL
    most = max(2 * stored.SMALL_SAMPLES, stored.SAMPLES_A_BYTE * size)
    if samples > most:
        pages = f"{len(manifest.layers)} pages of {manifest.width_px} x {manifest.height_px} pixels"
        problem = f"announces {pages}, but its files have {size} bytes in all"
        raise FileError(folder / MANIFEST_NAME, f"{problem}; expected longer files (decompression bomb?)")
