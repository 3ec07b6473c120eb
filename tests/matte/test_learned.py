"""ViTMatte and DINOv2 as their classes in transformers, tiny and untrained, from weights to alpha and features."""

import json
import shutil

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
import transformers

from relens.errors import FileError, RelensError
from relens.matte.dino import dino_features, has_dino
from relens.matte.refiner import Refiner, refine_band
from relens.matte.states import FOREGROUND, UNKNOWN
from relens.matte.vitmatte import ViTMatte


@pytest.fixture(scope="module")
def vitmatte_folder(tmp_path_factory):
    torch.manual_seed(1)
    backbone = transformers.VitDetConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_channels=4,
        image_size=64,
        pretrain_image_size=64,
        out_features=["stage1"],
        residual_block_indices=[],
        window_block_indices=[],
    )
    config = transformers.VitMatteConfig(
        backbone_config=backbone, hidden_size=16, convstream_hidden_sizes=[4, 4, 8], fusion_hidden_sizes=[8, 8, 8, 8]
    )
    folder = tmp_path_factory.mktemp("vitmatte")
    transformers.VitMatteForImageMatting(config).eval().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def dino_folder(tmp_path_factory):
    torch.manual_seed(2)
    config = transformers.Dinov2Config(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, image_size=56, patch_size=14
    )
    folder = tmp_path_factory.mktemp("dino")
    transformers.Dinov2Model(config).eval().save_pretrained(folder)
    return folder


def picture(height_px, width_px):
    return np.random.default_rng(3).random((height_px, width_px, 3)).astype(np.float32)


@pytest.mark.parametrize("shape", [(64, 96), (50, 70), (33, 31)])
def test_vitmatte_refines_crops_of_any_shape(vitmatte_folder, shape):
    refiner = ViTMatte(vitmatte_folder)
    assert isinstance(refiner, Refiner)
    trimap = np.full(shape, np.float32(0.5))
    alpha = refiner(picture(*shape), trimap)
    assert alpha.shape == shape and alpha.dtype == np.float32
    assert 0 <= alpha.min() < alpha.max() <= 1
    np.testing.assert_array_equal(alpha, refiner(picture(*shape), trimap))
    assert not np.array_equal(alpha, refiner(picture(*shape), trimap * 0))


def test_vitmatte_gets_what_transformers_own_preprocessing_makes(vitmatte_folder):
    encoded, trimap = picture(50, 70), np.random.default_rng(4).choice(np.float32([0, 0.5, 1]), (50, 70))
    model = transformers.VitMatteForImageMatting.from_pretrained(vitmatte_folder).eval()
    whole = np.zeros((4, 64, 96), np.float32)
    whole[:3, :50, :70] = (encoded.transpose(2, 0, 1) - 0.5) / 0.5
    whole[3, :50, :70] = trimap
    with torch.inference_mode():
        expected = model(torch.from_numpy(whole[None])).alphas[0, 0, :50, :70].numpy()
    np.testing.assert_allclose(ViTMatte(vitmatte_folder)(encoded, trimap), expected.clip(0, 1), atol=1e-5)


def test_vitmatte_in_the_refiner_s_slot_leaves_what_is_known(vitmatte_folder):
    states = np.zeros((90, 120), np.uint8)
    states[:, 60:] = FOREGROUND
    states[:, 50:70] = UNKNOWN
    alpha, after = refine_band(ViTMatte(vitmatte_folder), picture(90, 120), states)
    assert (alpha[:, :50] == 0).all() and (alpha[:, 70:] == 1).all() and alpha[:, 50:70].std() > 0
    known = states != UNKNOWN
    np.testing.assert_array_equal(after[known], states[known])


def test_the_network_is_read_once(vitmatte_folder, tmp_path):
    folder = shutil.copytree(vitmatte_folder, tmp_path / "moved")
    refiner = ViTMatte(folder)
    trimap = np.full((32, 32), np.float32(0.5))
    first = refiner(picture(32, 32), trimap)
    shutil.rmtree(folder)
    np.testing.assert_array_equal(refiner(picture(32, 32), trimap), first)


@pytest.mark.parametrize("shape", [(120, 160), (31, 200), (700, 500)])
def test_features_cover_the_picture(dino_folder, shape):
    features = dino_features(picture(*shape), dino_folder, channels=8)
    rows, columns, channels = features.shape
    assert max(rows, columns) == 48 and channels == 8 and features.dtype == np.float32
    assert rows / columns == pytest.approx(shape[0] / shape[1], rel=0.1)
    assert np.isfinite(features).all()
    np.testing.assert_allclose(features.mean(axis=(0, 1)), 0, atol=1e-3)


def test_features_follow_the_picture(dino_folder):
    half = picture(96, 96)
    half[:, 48:] = 0.02
    features = dino_features(half, dino_folder, channels=4)
    between = np.linalg.norm(features[:, :20].mean(axis=(0, 1)) - features[:, 28:].mean(axis=(0, 1)))
    within = features[:, 28:].std(axis=(0, 1)).max()
    assert between > within


def test_without_weights_the_way_on_is_named(tmp_path):
    assert not has_dino()
    with pytest.raises(RelensError, match="vitmatte: its weights are not on this machine; run: relens models"):
        ViTMatte()
    with pytest.raises(RelensError, match="relens models fetch dinov2-small"):
        dino_features(picture(20, 20))
    with pytest.raises(FileError, match=r"config\.json: is missing"):
        ViTMatte(tmp_path)


def test_weights_that_were_fetched_are_found(dino_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    snapshot = tmp_path / "models--facebook--dinov2-small" / "snapshots" / "abc"
    shutil.copytree(dino_folder, snapshot)
    assert not has_dino()
    said = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
    (snapshot / "preprocessor_config.json").write_text(json.dumps(said))
    assert has_dino()
    np.testing.assert_array_equal(dino_features(picture(40, 60)), dino_features(picture(40, 60), dino_folder))


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda folder: (folder / "model.safetensors").write_bytes(b"?" * 99), "cannot be read as Dinov2Model"),
        (lambda folder: (folder / "config.json").write_text("{"), "cannot be read as Dinov2Model"),
        (lambda folder: _leave_out(folder), "lacks .*layernorm"),
        (lambda folder: (folder / "preprocessor_config.json").write_text("["), "no configuration of a preprocessor"),
    ],
)
def test_corrupt_weights_are_refused_in_one_line(dino_folder, tmp_path, spoil, problem):
    folder = shutil.copytree(dino_folder, tmp_path / "spoilt")
    spoil(folder)
    with pytest.raises(FileError, match=problem) as caught:
        dino_features(picture(20, 20), folder)
    assert "\n" not in str(caught.value) and "spoilt" in str(caught.value)


def _leave_out(folder):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    save_file(
        {name: one for name, one in tensors.items() if not name.startswith("layernorm")}, folder / "model.safetensors"
    )
