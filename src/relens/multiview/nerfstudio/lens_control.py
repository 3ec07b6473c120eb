"""A lens in nerfstudio's viewer: f-number, focus and samples for any model; its pictures are then photographs."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from nerfstudio.cameras.cameras import Cameras
from nerfstudio.pipelines.base_pipeline import VanillaPipeline, VanillaPipelineConfig
from nerfstudio.viewer.render_state_machine import RenderStateMachine
from nerfstudio.viewer.viewer_elements import ViewerButton, ViewerCheckbox, ViewerSlider

from relens.lens import Lens
from relens.multiview.nerfstudio.engine import NerfstudioEngine
from relens.multiview.nerfstudio.frame import ModelFrame
from relens.multiview.nerfstudio.open_nerfstudio import cameras_of, engine_of
from relens.multiview.nerfstudio.trained import frame_of
from relens.photo.transfer import srgb_encode
from relens.progress import silent
from relens.render.engine import SampleBlock

_COLOURS = ("rgb", "rgb_fine")


class LensControl(torch.nn.Module):
    """The viewer's sliders for a lens, under "Custom Elements / lens".

    A module without parameters: nerfstudio looks for its viewer's elements in modules only.
    """

    def __init__(self, engine: NerfstudioEngine) -> None:
        super().__init__()
        self.shows = ViewerCheckbox("Photograph with a lens", False)
        self.f_number = ViewerSlider("f-number", 2.0, 0.7, 32.0, 0.1)
        self.focal_length_mm = ViewerSlider("Focal length, mm", 50.0, 8.0, 400.0, 1.0, hint="The view stays as it is")
        self.focus_m = ViewerSlider("Focus distance, m", 2.0, 0.05, 30.0, 0.01)
        self.focus_on_middle = ViewerButton("Focus on the middle", self._focus_on_middle)
        self.samples = ViewerSlider("Lens samples", 16, 1, 256, 1)
        self._engine = engine
        self._camera: Cameras | None = None
        self._busy = False

    @property
    def lens(self) -> Lens:
        """The lens of the sliders; it focuses no nearer than it can."""
        nearest_m = 1.1e-3 * self.focal_length_mm.value
        return Lens(self.focal_length_mm.value, self.f_number.value, max(self.focus_m.value, nearest_m))

    def wanted(self) -> bool:
        """Whether a picture is asked for by the viewer, and with a lens: evaluation stays a pinhole's."""
        return self.shows.value and not self._busy and isinstance(threading.current_thread(), RenderStateMachine)

    def photograph(self, camera: Cameras) -> torch.Tensor:
        """What one of nerfstudio's cameras sees through the lens: (h, w, 3), sRGB-encoded, on the model's device."""
        self._camera = camera
        ours = cameras_of(camera.to("cpu"), self._engine.frame)[0]
        self._busy = True
        try:
            seen = self._engine.render(ours, self.lens, SampleBlock(0, int(self.samples.value), 0), None, silent)
        finally:
            self._busy = False
        encoded = np.clip(srgb_encode(seen.rgba[..., :3]), 0, 1)
        return torch.from_numpy(encoded).to(self._engine.model.device)

    def _focus_on_middle(self, button: object) -> None:
        from relens.multiview.nerfstudio.shoot_path import middle_m

        if self._camera is not None:
            ours = cameras_of(self._camera.to("cpu"), self._engine.frame)[0]
            self.focus_m.value = middle_m(self._engine, ours)


def add_lens_control(pipeline: Any, frame: ModelFrame | None = None) -> LensControl:
    """Give a pipeline's viewer a lens, whatever its model; `frame` is its dataparser's when left out."""
    model = pipeline.model
    control = LensControl(engine_of(pipeline, frame or frame_of(pipeline)))
    pinhole = model.get_outputs_for_camera

    def get_outputs_for_camera(camera: Cameras, obb_box: Any = None) -> dict[str, torch.Tensor]:
        outputs = pinhole(camera, obb_box=obb_box)
        if control.wanted():
            name = next(name for name in _COLOURS if name in outputs)
            outputs[name] = control.photograph(camera)
        else:
            control._camera = camera
        return outputs

    model.get_outputs_for_camera = get_outputs_for_camera
    pipeline.lens = control
    return control


@dataclass
class LensPipelineConfig(VanillaPipelineConfig):
    """nerfstudio's usual pipeline, with a lens in its viewer."""

    _target: type = field(default_factory=lambda: LensPipeline)


class LensPipeline(VanillaPipeline):
    """nerfstudio's usual pipeline, with a lens in its viewer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_lens_control(self)
