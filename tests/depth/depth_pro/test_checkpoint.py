"""Apple's checkpoint in the port."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tiny_depth_pro import apple_state, photo_of, saved, tiny_model, tiny_settings  # noqa: E402

from relens.depth.depth_pro import DepthPro  # noqa: E402
from relens.depth.depth_pro.checkpoint import port_name, port_tensors  # noqa: E402
from relens.depth.depth_pro.load import blueprint  # noqa: E402
from relens.errors import FileError  # noqa: E402


def test_the_same_numbers_answer_the_same_from_both_files(tmp_path, monkeypatch) -> None:
    model = tiny_model()
    torch.save(apple_state(model), tmp_path / "depth_pro.pt")
    monkeypatch.setattr("relens.depth.depth_pro.load.apple_configuration", tiny_settings)
    photo = photo_of()
    expected = DepthPro(saved(model, tmp_path / "port"), "cpu", "float32").estimate(photo)
    for weights in (tmp_path, tmp_path / "depth_pro.pt"):
        got = DepthPro(weights, "cpu", "float32").estimate(photo)
        np.testing.assert_array_equal(got.inverse_depth, expected.inverse_depth)
        assert got.intrinsics == expected.intrinsics


def test_every_tensor_of_the_published_network_finds_its_place() -> None:
    """Names and shapes of Apple's network, made from the port's on the "meta" device, 951,991,330 numbers."""
    model = blueprint()
    apple = apple_state(model)
    assert apple["encoder.patch_encoder.blocks.23.attn.qkv.weight"].shape == (3072, 1024)
    assert apple["encoder.upsample_latent0.3.weight"].shape == (256, 256, 2, 2)
    assert apple["decoder.convs.4.weight"].shape == (256, 1024, 3, 3)
    assert apple["fov.head.4.weight"].shape == (1, 32, 6, 6)
    assert sum(tensor.numel() for tensor in apple.values()) == 951_991_330
    shapes = {name: tensor.shape for name, tensor in port_tensors(apple.items())}
    new = {".attention.attention.query.": ".attention.q_proj.", ".attention.attention.key.": ".attention.k_proj."}
    new |= {".attention.attention.value.": ".attention.v_proj.", ".attention.output.dense.": ".attention.o_proj."}
    expected = {name: parameter.shape for name, parameter in model.named_parameters()}
    if not any("attention.query" in name for name in expected):
        for old, newer in new.items():
            shapes = {name.replace(old, newer): shape for name, shape in shapes.items()}
    assert shapes == expected


def test_a_name_that_is_not_apples_stays() -> None:
    assert port_name("classifier.weight") == "classifier.weight"
    assert (
        port_name("encoder.patch_encoder.blocks.3.attn.rope")
        == "depth_pro.encoder.patch_encoder.model.blocks.3.attn.rope"
    )


@pytest.mark.parametrize("damage", ["truncated", "no tensors", "not torch's"])
def test_a_broken_checkpoint_is_named(tmp_path, monkeypatch, damage) -> None:
    monkeypatch.setattr("relens.depth.depth_pro.load.apple_configuration", tiny_settings)
    file = tmp_path / "depth_pro.pt"
    torch.save({"answer": 42} if damage == "no tensors" else apple_state(tiny_model()), file)
    if damage == "truncated":
        file.write_bytes(file.read_bytes()[:-2000])
    if damage == "not torch's":
        file.write_bytes(b"no archive at all")
    with pytest.raises(FileError, match=r"depth_pro\.pt: (is corrupt or truncated|holds something else)"):
        DepthPro(file, "cpu", "float32").estimate(photo_of())


def test_code_in_a_checkpoint_is_not_run(tmp_path, monkeypatch) -> None:
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    monkeypatch.setattr("relens.depth.depth_pro.load.apple_configuration", tiny_settings)
    torch.save({"trap": Trap()}, tmp_path / "depth_pro.pt")
    with pytest.raises(FileError, match="is corrupt or truncated"):
        DepthPro(tmp_path, "cpu", "float32").estimate(photo_of())
    assert not (tmp_path / "sprung").exists()
