"""texels.npz: the parts of the point-to-texel map that are arrays."""

import zipfile
from pathlib import Path

import numpy as np

from relens.errors import FileError, ValueRangeError
from relens.multiview.fit_folder.manifest import TEXELS_NAME, CanonicalRecord
from relens.multiview.page.canonical_camera import CanonicalCamera
from relens.multiview.page.field import TexelField
from relens.multiview.page.layout import PageLayout

_LAYOUT = ("width_px", "front_px", "texels_per_unit", "low_x", "low_y", "goes_round")
_MOST_BYTES = 2 << 30
_ARRAYS = {"offset_px": np.float32, "low": np.float64, "high": np.float64, "nearest": np.float32}


def write_field(field: TexelField, folder: Path) -> CanonicalRecord:
    """Write texels.npz, and return what fit.json says of the field."""
    with (folder / TEXELS_NAME).open("wb") as out:
        np.savez_compressed(out, **{name: getattr(field, name) for name in _ARRAYS})
    layout = {name: getattr(field.layout, name) for name in _LAYOUT}
    hidden = [list(rows) for rows in field.layout.hidden_px]
    pose = field.camera.pose.tolist()
    radius_m = field.camera.radius_m if np.isfinite(field.camera.radius_m) else None
    return CanonicalRecord(
        kind=field.camera.kind, pose=pose, radius_m=radius_m, tolerance=field.tolerance, hidden_px=hidden, **layout
    )


def read_field(record: CanonicalRecord, folder: Path) -> TexelField:
    """The field that `write_field` wrote. Raises FileError for files that are missing, damaged or hold none."""
    path = folder / TEXELS_NAME
    if not path.is_file():
        raise FileError(path, "is missing from the fit; restore it or fit the photos again")
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _MOST_BYTES:
                raise ValueError(f"more than {_MOST_BYTES >> 30} GB")
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in _ARRAYS}
        for name, dtype in _ARRAYS.items():
            if arrays[name].dtype != dtype:
                raise ValueError(f"{name} of type {arrays[name].dtype}")
        if arrays["low"].shape != (3,) or arrays["high"].shape != (3,):
            raise ValueError("low or high of another shape than (3,)")
        radius_m = np.inf if record.radius_m is None else record.radius_m
        camera = CanonicalCamera(record.kind, np.array(record.pose, np.float64), radius_m)
        hidden = tuple((low, rows) for low, rows in record.hidden_px)
        layout = PageLayout(**{name: getattr(record, name) for name in _LAYOUT}, hidden_px=hidden)
        return TexelField(camera, layout, **arrays, tolerance=record.tolerance)
    except ValueRangeError as error:
        raise FileError(path, f"is not valid: {error}") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise FileError(path, f"is damaged ({str(error)[:80]}); restore it or fit the photos again") from error
