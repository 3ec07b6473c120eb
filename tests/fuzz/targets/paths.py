"""Camera paths and cameras of other programs; lens presets."""

from pathlib import Path

from fuzz.mutate.text import change_json, change_text
from fuzz.target import Target
from fuzz.targets.parts import Files, files_in, folder_target

from relens.lens_preset import read_preset
from relens.path import read_path
from relens.path.colmap import read_colmap
from relens.path.nerfstudio import read_dataparser, read_nerfstudio
from relens.path.transforms_json import read_transforms

_ROOT = Path(__file__).parents[3]
_FILES = _ROOT / "tests" / "path" / "files"
_CONFIGS = _ROOT / "configs"
# The samples of other programs are cut to what a mutation can still hit.
_FRAMES = 6


def _yamls(kind: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted((_CONFIGS / kind).glob("*.yaml"))]


def _read_yaml(data: bytes, folder: Path) -> None:
    file = folder / "path.yaml"
    file.write_bytes(data)
    read_path(file)


def _read_preset(data: bytes, folder: Path) -> None:
    file = folder / "lens.yaml"
    file.write_bytes(data)
    read_preset(str(file))


def _jsons(*patterns: str) -> list[bytes]:
    import json

    found = []
    for file in sorted({file for pattern in patterns for file in _FILES.glob(pattern)}):
        content = json.loads(file.read_text("utf-8"))
        short = {key: value[:_FRAMES] if isinstance(value, list) else value for key, value in content.items()}
        found.append(json.dumps(short if isinstance(content, dict) else content).encode())
    return found


def _read_nerfstudio(data: bytes, folder: Path) -> None:
    file = folder / "camera_path.json"
    file.write_bytes(data)
    if b"dataparser" in data[:200] or b'"transform"' in data[:200]:
        read_dataparser(file)
    read_nerfstudio(file)
    read_path(file)


def _read_transforms(data: bytes, folder: Path) -> None:
    file = folder / "transforms.json"
    file.write_bytes(data)
    read_transforms(file)


def _colmap(binary: bool) -> Files:
    from tempfile import TemporaryDirectory

    import numpy as np
    import pycolmap

    made = pycolmap.Reconstruction()
    lens = pycolmap.Camera(model="OPENCV", width=64, height=48, params=[50, 51, 32, 24, 0.01, 0, 0, 0.001], camera_id=1)
    made.add_camera_with_trivial_rig(lens)
    for image_id in (1, 2):
        pose = pycolmap.Rigid3d(pycolmap.Rotation3d(np.array([0, 0, 0, 1.0])), np.array([0.1 * image_id, 0, 3]))
        made.add_image_with_trivial_frame(pycolmap.Image(name=f"{image_id}.jpg", camera_id=1, image_id=image_id), pose)
    with TemporaryDirectory() as folder:
        (made.write_binary if binary else made.write_text)(folder)
        return files_in(Path(folder))


TARGETS = (
    Target("path-yaml", _read_yaml, lambda: _yamls("paths"), change_text, 8192),
    Target("lens-preset", _read_preset, lambda: _yamls("lenses"), change_text, 2048),
    Target("camera-path", _read_nerfstudio, lambda: _jsons("*path*.json", "*cameras.json", "data*.json"), change_json),
    Target("transforms", _read_transforms, lambda: _jsons("*transforms.json"), change_json),
    folder_target("colmap-text", lambda: _colmap(False), read_colmap, 8192),
    folder_target("colmap-binary", lambda: _colmap(True), read_colmap, 8192),
)
