"""A dataparser for nerfstudio: posed photos as relens reads them, and relens's own scenes and fits (`relens-data`)."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
import atexit
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float64
from nerfstudio.cameras.cameras import Cameras, CameraType
from nerfstudio.data.dataparsers.base_dataparser import DataParser, DataParserConfig, DataparserOutputs
from nerfstudio.data.scene_box import SceneBox
from nerfstudio.plugins.registry_dataparser import DataParserSpecification
from PIL import Image

from relens.camera import opengl_from_opencv
from relens.depth import DepthRequest
from relens.errors import ValueRangeError
from relens.multiview.fit_folder import is_fit
from relens.multiview.nerfstudio.frame import ModelFrame
from relens.multiview.nerfstudio.scene_views import fit_views, is_scene, scene_views
from relens.multiview.photo_set import PhotoSet
from relens.multiview.photos import PhotoRequest, read_photos
from relens.multiview.posed_photo import PosedPhoto
from relens.photo.transfer import srgb_encode

# nerfstudio's worlds have z up; ours has y down.
_UPRIGHT = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])


@dataclass
class RelensDataParserConfig(DataParserConfig):
    """Posed photos, straightened and with their poses checked; or a scene or fit folder of relens."""

    _target: type = field(default_factory=lambda: RelensDataParser)
    longest_px: int = 1000
    """Photos whose longer side is longer are reduced to it, in linear light."""
    depth: str = "files"
    """Priors: "files" that the data set names, "none", or a depth back-end, e.g. depth-pro."""
    held_out_every: int = 8
    """Every so many photos, one is kept for evaluation; 0 evaluates on the photos that are fitted."""
    views: int = 9
    """Of a scene folder: from so many places it is photographed, the photo's own first."""
    reach_m: float = 0.03
    """Of a scene folder: how far these places lie from the photo's own."""


class RelensDataParser(DataParser):
    """Hands photos over as PNGs in a temporary folder, and the PhotoSet itself as metadata["photo_set"].

    Convention: the model's world has z up, the box of what is to be fitted from -1 to 1 along its longest side and its
    middle in the origin; metadata["frame"] says where it lies in the photo set's world, in metres.
    """

    config: RelensDataParserConfig

    def __init__(self, config: RelensDataParserConfig) -> None:
        super().__init__(config=config)
        self._photos: PhotoSet | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="relens-"))
        # Photos are read from there long after.
        atexit.register(shutil.rmtree, self._folder, True)

    def _generate_dataparser_outputs(self, split: str = "train", **kwargs: object) -> DataparserOutputs:
        photos = self._read()
        shown = photos.fitted if split == "train" else photos.compared or photos.fitted
        frame = frame_of_photos(photos)
        corners = np.stack([frame.point(corner) for corner in _corners(photos.box_m)])
        box = torch.from_numpy(np.stack([corners.min(axis=0), corners.max(axis=0)]).astype(np.float32))
        masks = any(photo.mask is not None for photo in photos.photos)
        in_dataset = _frame_in_dataset(photos, frame)
        return DataparserOutputs(
            image_filenames=[self._save(photo, "photo") for photo in shown],
            cameras=cameras_in_model(shown, frame),
            scene_box=SceneBox(aabb=box),
            mask_filenames=[self._save(photo, "mask") for photo in shown] if masks else None,
            metadata={"photo_set": photos, "frame": frame},
            dataparser_transform=torch.from_numpy(in_dataset.to_model[:3].astype(np.float32)),
            dataparser_scale=in_dataset.scale,
        )

    def _read(self) -> PhotoSet:
        if self._photos is None:
            config = self.config
            if is_scene(config.data):
                self._photos = scene_views(config.data, config.views, config.reach_m)
            elif is_fit(config.data):
                self._photos = fit_views(config.data)
            else:
                depth: DepthRequest | Literal["files", "none"]
                depth = config.depth if config.depth in ("files", "none") else DepthRequest(config.depth)  # type: ignore[assignment]
                request = PhotoRequest(config.longest_px, depth, held_out_every=config.held_out_every)
                self._photos = read_photos(config.data, request)
        return self._photos

    def _save(self, photo: PosedPhoto, kind: Literal["photo", "mask"]) -> Path:
        file = self._folder / kind / f"{photo.name}.png"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            if kind == "photo":
                plane = np.clip(srgb_encode(photo.linear), 0, 1)
            else:
                plane = np.ones(photo.linear.shape[:2]) if photo.mask is None else photo.mask.astype(float)
            Image.fromarray(np.round(255 * plane).astype(np.uint8)).save(file)
        return file


def handed_over(metadata: Mapping[str, Any] | None) -> tuple[PhotoSet, ModelFrame]:
    """The photo set in a data set's metadata, and where the model's world lies in its. Raises ValueRangeError."""
    if not metadata or "photo_set" not in metadata:
        raise ValueRangeError("dataparser", "another", "relens-data: this method needs its photo set")
    return metadata["photo_set"], metadata["frame"]


def frame_of_photos(photos: PhotoSet) -> ModelFrame:
    """The model's world in the photo set's: upright, the box's middle in the origin and its half longest side 1."""
    to_model = np.eye(4)
    to_model[:3, :3] = _UPRIGHT
    to_model[:3, 3] = -_UPRIGHT @ photos.box_m.mean(axis=0)
    return ModelFrame(to_model, float(2 / (photos.box_m[1] - photos.box_m[0]).max()))


def cameras_in_model(photos: tuple[PosedPhoto, ...], frame: ModelFrame) -> Cameras:
    """Photos' cameras as nerfstudio has them."""
    poses = []
    for photo in photos:
        pose = opengl_from_opencv(frame.to_model @ photo.camera.camera_to_world)
        pose[:3, 3] *= frame.scale
        poses.append(pose[:3])
    ks = [photo.camera.intrinsics for photo in photos]

    def column(name: str, kind: torch.dtype = torch.float32) -> torch.Tensor:
        return torch.tensor([[getattr(k, name)] for k in ks], dtype=kind)

    return Cameras(
        camera_to_worlds=torch.from_numpy(np.stack(poses).astype(np.float32)),
        fx=column("fx_px"),
        fy=column("fy_px"),
        cx=column("cx_px"),
        cy=column("cy_px"),
        width=column("width_px", torch.int64),
        height=column("height_px", torch.int64),
        camera_type=CameraType.PERSPECTIVE,
    )


def _frame_in_dataset(photos: PhotoSet, frame: ModelFrame) -> ModelFrame:
    """The model's world in the data set's own, of which the photo set's is a turned, moved and scaled copy."""
    similarity = photos.dataset_from_world
    unit = float(np.cbrt(np.linalg.det(similarity[:3, :3])))
    back = np.eye(4)
    back[:3, :3] = similarity[:3, :3].T / unit
    back[:3, 3] = -back[:3, :3] @ similarity[:3, 3]
    # to_model @ (back x / unit), the shift in data set units: the scale comes after both.
    to_model = frame.to_model @ back
    to_model[:3, 3] = frame.to_model[:3, :3] @ back[:3, 3] + unit * frame.to_model[:3, 3]
    return ModelFrame(to_model, frame.scale / unit)


def _corners(box_m: Float64[np.ndarray, "2 3"]) -> list[np.ndarray]:
    return [np.array([box_m[i, 0], box_m[j, 1], box_m[k, 2]]) for i in (0, 1) for j in (0, 1) for k in (0, 1)]


relens_data = DataParserSpecification(
    config=RelensDataParserConfig(),
    description="Posed photos as relens reads them, or a scene or fit folder of its own.",
)
