import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from relens.multiview.nerfstudio.open_nerfstudio import cameras_of
from relens.multiview.nerfstudio.shoot_path import middle_m
from relens.multiview.nerfstudio.trained import load_trained
from relens.photo import srgb_encode
from relens.progress import silent
from relens.render.engine import SampleBlock

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def pipeline(nerfacto: Path):
    from relens.multiview.nerfstudio.lens_control import add_lens_control

    trained = load_trained(nerfacto)
    add_lens_control(trained.pipeline, trained.frame)
    return trained.pipeline


def _camera(pipeline):
    camera = pipeline.datamanager.train_dataset.cameras[2:3]
    camera.rescale_output_resolution(0.5)
    return camera


def _as_the_viewer_asks(pipeline, camera):
    from nerfstudio.viewer.render_state_machine import RenderStateMachine

    class Asking(RenderStateMachine):
        def __init__(self) -> None:
            super().__init__(viewer=None, viser_scale_ratio=1.0, client=None)  # type: ignore[arg-type]

        def run(self) -> None:
            self.outputs = pipeline.model.get_outputs_for_camera(camera)

    asking = Asking()
    asking.start()
    asking.join()
    return asking.outputs


def test_the_viewer_finds_the_sliders(pipeline) -> None:
    from nerfstudio.viewer.utils import parse_object
    from nerfstudio.viewer.viewer_elements import ViewerElement

    found = {element.name: path for path, element in parse_object(pipeline, ViewerElement, "Custom Elements")}
    for name in ("Photograph with a lens", "f-number", "Focus distance, m", "Lens samples"):
        assert found[name].startswith("Custom Elements/lens/")


def test_the_viewer_shows_what_the_lens_sees_and_evaluation_does_not(pipeline) -> None:
    control, camera = pipeline.lens, _camera(pipeline)
    pinhole = pipeline.model.get_outputs_for_camera(camera)["rgb"]
    assert torch.equal(_as_the_viewer_asks(pipeline, camera)["rgb"], pinhole)
    control.shows.value = True
    control.f_number.value, control.focal_length_mm.value, control.focus_m.value = 0.8, 85.0, 0.5
    control.samples.value = 4
    try:
        assert torch.equal(pipeline.model.get_outputs_for_camera(camera)["rgb"], pinhole)
        shown = _as_the_viewer_asks(pipeline, camera)
        ours = control._engine.cameras[2]
        smaller = type(ours)(ours.intrinsics.resized(24, 18), ours.camera_to_world)
        expected = control._engine.render(smaller, control.lens, SampleBlock(0, 4, 0), None, silent)
        assert np.abs(shown["rgb"].numpy() - srgb_encode(expected.rgba[..., :3])).max() < 5e-3
        assert (shown["rgb"] - pinhole).abs().mean() > 0.005
        assert {"depth", "accumulation"} <= set(shown)
    finally:
        control.shows.value = False


def test_focus_on_the_middle_is_where_the_model_is(pipeline) -> None:
    control, camera = pipeline.lens, _camera(pipeline)
    pipeline.model.get_outputs_for_camera(camera)
    control.focus_on_middle.cb_hook(control.focus_on_middle)
    there = cameras_of(camera, control._engine.frame)[0]
    assert control.focus_m.value == pytest.approx(middle_m(control._engine, there), rel=1e-4)
    assert control.focus_m.value != 2.0


def test_a_lens_focuses_no_nearer_than_it_can(pipeline) -> None:
    control = pipeline.lens
    control.focal_length_mm.value, control.focus_m.value = 200.0, 0.05
    assert control.lens.focus_distance_m == pytest.approx(0.22)


def test_a_lens_adds_nothing_to_checkpoints(pipeline) -> None:
    assert not [name for name in pipeline.state_dict() if "lens" in name]


def test_its_viewer_opens_on_any_model_with_a_lens(commands, nerfacto: Path) -> None:
    port = 7917
    words = [sys.executable, "-m", "relens.multiview.nerfstudio.view_model", str(nerfacto), str(port)]
    log = commands.folder / "viewer.log"
    with (
        log.open("w") as output,
        subprocess.Popen(words, env=commands.environment, cwd=commands.folder, stdout=output, stderr=output) as viewer,
    ):
        try:
            for _ in range(240):
                assert viewer.poll() is None, log.read_text()[-3000:]
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=5) as page:
                        assert page.status == 200
                    break
                except OSError:
                    time.sleep(0.5)
            else:
                pytest.fail(log.read_text()[-3000:])
        finally:
            viewer.kill()
