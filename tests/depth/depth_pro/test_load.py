"""Weight files: whole ones, and what is said of each way in which one can be broken."""

import json
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
safetensors_torch = pytest.importorskip("safetensors.torch")

from tiny_depth_pro import SIDE_PX, photo_of, saved, tiny_model, tiny_settings  # noqa: E402
from transformers import DepthProConfig, DepthProForDepthEstimation  # noqa: E402

from relens.depth.depth_pro.forward import predict  # noqa: E402
from relens.depth.depth_pro.input import network_input  # noqa: E402
from relens.depth.depth_pro.load import blueprint, load_network  # noqa: E402
from relens.depth.depth_pro.plan import plan_run  # noqa: E402
from relens.errors import FileError, MissingPackageError  # noqa: E402
from relens.progress import silent  # noqa: E402


@pytest.fixture
def folder(tmp_path):
    return saved(tiny_model(), tmp_path)


@pytest.fixture(scope="module")
def plan():
    # The plan does not depend on the numbers; measured once.
    with torch.device("meta"):
        model = DepthProForDepthEstimation(DepthProConfig(**tiny_settings()))
    return plan_run(model, "cpu", "float32")


def _tensors(folder):
    return safetensors_torch.load_file(folder / "model.safetensors")


def _write(folder, tensors) -> None:
    safetensors_torch.save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def test_half_precision_on_disk_is_read_exactly(folder, plan) -> None:
    tensors = {name: tensor.half() for name, tensor in _tensors(folder).items()}
    _write(folder, tensors)
    half = load_network(folder, plan).model.state_dict()
    assert {tensor.dtype for tensor in half.values()} == {torch.float32}
    name = "fusion_stage.final.projection.weight"
    torch.testing.assert_close(half[name], tensors[name].float(), rtol=0, atol=0)


def test_weights_in_several_files_are_one_network(folder, plan) -> None:
    square = network_input(photo_of().linear, SIDE_PX)
    whole = predict(load_network(folder, plan), square, silent, "")
    tensors = _tensors(folder)
    names = sorted(tensors)
    parts = {"model-00001-of-00002.safetensors": names[:100], "model-00002-of-00002.safetensors": names[100:]}
    for part, some in parts.items():
        safetensors_torch.save_file({name: tensors[name] for name in some}, folder / part, {"format": "pt"})
    index = {"weight_map": {name: part for part, some in parts.items() for name in some}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "model.safetensors").unlink()
    again = predict(load_network(folder, plan), square, silent, "")
    np.testing.assert_array_equal(whole.canonical_inverse_depth, again.canonical_inverse_depth)
    (folder / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(FileError, match=r"model-00002-of-00002\.safetensors: is missing; fetch"):
        load_network(folder, plan)


@pytest.mark.parametrize("damage", ["header", "truncated", "empty"])
def test_a_damaged_file_is_named(folder, plan, damage) -> None:
    file = folder / "model.safetensors"
    data = file.read_bytes()
    file.write_bytes({"header": b"\xff" * 64 + data[64:], "truncated": data[: len(data) // 2], "empty": b""}[damage])
    with pytest.raises(FileError, match=r"model\.safetensors: is corrupt or truncated \(.+\); delete it and fetch"):
        load_network(folder, plan)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_nan_in_a_tensor_is_named(folder, plan, value) -> None:
    tensors = _tensors(folder)
    tensors["head.layers.2.weight"][0, 0, 0, 0] = value
    _write(folder, tensors)
    with pytest.raises(
        FileError, match=r"model\.safetensors: is corrupt: head\.layers\.2\.weight holds NaN or infinity"
    ):
        load_network(folder, plan)


def test_missing_surplus_and_misshapen_tensors_are_named(folder, plan) -> None:
    tensors = _tensors(folder)
    gone = tensors.pop("head.layers.0.bias")
    _write(folder, tensors)
    with pytest.raises(FileError, match=r"model\.safetensors: lacks head\.layers\.0\.bias; are these"):
        load_network(folder, plan)
    _write(folder, {**tensors, "head.layers.0.bias": gone, "classifier.weight": gone.clone()})
    with pytest.raises(FileError, match=r"what Depth Pro does not have: classifier\.weight"):
        load_network(folder, plan)
    _write(folder, {**tensors, "head.layers.0.bias": gone[1:].clone()})
    with pytest.raises(FileError, match=r"head\.layers\.0\.bias has the shape \(7,\); expected \(8,\)"):
        load_network(folder, plan)


def test_a_mask_token_is_neither_missed_nor_minded(folder, plan) -> None:
    tensors = _tensors(folder)
    _write(folder, {**tensors, "fov_model.fov_encoder.model.embeddings.mask_token": torch.zeros(1, 32)})
    assert load_network(folder, plan).model is not None


@pytest.mark.parametrize("text", ["{", "[]", '{"scaled_images_ratios": [1, 0.25, 0.5]}'])
def test_a_configuration_that_cannot_be_is_named(folder, text) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(FileError, match=r"config\.json: is no configuration of Depth Pro"):
        blueprint(folder)


def test_what_holds_no_weights_is_named(tmp_path, plan) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(FileError, match=r"without the weights of Depth Pro; expected a folder with config\.json"):
            load_network(path, plan)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(FileError, match=r"model\.safetensors: is missing"):
        load_network(tmp_path, plan)


def test_a_missing_package_is_named_with_its_extra(monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "transformers" else object())
    with pytest.raises(MissingPackageError, match=r"transformers; install it with: pip install 'relens\[depth-pro\]'"):
        blueprint()


def test_the_port_is_used_without_its_image_processor_which_needs_torchvision() -> None:
    assert sum(parameter.numel() for parameter in blueprint().parameters()) == 951_991_330  # the published network
    assert "transformers.models.depth_pro.image_processing_depth_pro" not in sys.modules
