import json
from pathlib import Path

import numpy as np
import pytest
from posed_scene import posed_cameras, trace

from relens import Lens
from relens.multiview.nerfstudio.open_nerfstudio import open_nerfstudio
from relens.progress import silent
from relens.render.engine import SampleBlock


def _evaluated(commands, config: Path, folder: Path) -> dict[str, float]:
    output = folder / "scores.json"
    commands.run("ns-eval", "--load-config", config, "--output-path", output, "--render-output-path", folder / "seen")
    return json.loads(output.read_text())["results"]


@pytest.mark.parametrize(("method", "least_db"), [("surface", 19), ("canonical", 22)])
def test_ns_eval_scores_what_ns_train_trained(method: str, least_db: float, commands, request, tmp_path: Path) -> None:
    scores = _evaluated(commands, request.getfixturevalue(method), tmp_path)
    assert scores["psnr"] > least_db
    assert scores["ssim"] > 0.5
    assert any((tmp_path / "seen").glob("eval_img_*.png"))
    assert any((tmp_path / "seen").glob("eval_page_*.png")) == (method == "canonical")


def test_ns_render_goes_along_the_photos(commands, canonical: Path, tmp_path: Path) -> None:
    words = ("--pose-source", "train", "--interpolation-steps", 1, "--downscale-factor", 2)
    output = ("--output-path", tmp_path / "frames.mp4", "--output-format", "images")
    commands.run("ns-render", "interpolate", "--load-config", canonical, *words, *output)
    assert len(list((tmp_path / "frames").iterdir())) >= 6


@pytest.mark.parametrize("method", ["surface", "canonical"])
def test_our_lens_photographs_our_methods_in_the_data_sets_metres(method: str, request) -> None:
    engine = open_nerfstudio(request.getfixturevalue(method))
    camera = posed_cameras(8, 48)[2]
    truth = trace(camera)
    depth_m = engine.pinhole_depth_m(camera)
    assert np.nanmedian(np.abs(depth_m * truth.inverse_depth - 1)) < 0.04
    sharp = engine.render(camera, Lens(1, 128), SampleBlock(0, 1, 0), None, silent).rgba[..., :3]
    assert np.abs(sharp - truth.linear).mean() < 0.09
    blurred = engine.render(camera, Lens(85, 0.7, focus_distance_m=0.6), SampleBlock(0, 8, 0), None, silent)
    assert np.abs(np.diff(blurred.rgba[..., :3], axis=1)).mean() < 0.7 * np.abs(np.diff(sharp, axis=1)).mean()


def test_a_surface_of_other_photos_is_refused(commands, surface: Path, photos_folder: Path) -> None:
    settings = ("--pipeline.model.settings.sdf-cells", 8, 16)
    with pytest.raises(AssertionError, match="is no surface of these photos"):
        commands.train("relens-canonical", 2, "--data", photos_folder, "--pipeline.model.surface", surface, *settings)


def test_our_surface_needs_our_photos(commands, photos_folder: Path) -> None:
    with pytest.raises(AssertionError, match="this method needs its photo set"):
        commands.train("relens-surface", 2, "nerfstudio-data", "--data", photos_folder)


def test_training_goes_on_from_a_checkpoint(commands, surface: Path, photos_folder: Path) -> None:
    models = surface.parent / "nerfstudio_models"
    more = commands.train("relens-surface", 5, "--data", photos_folder, "--load-dir", models, "--experiment-name", "on")
    assert [one.name for one in (more.parents[3] / "on/relens-surface/0/nerfstudio_models").iterdir()] == [
        "step-000000154.ckpt"
    ]
