"""The back-end depth-pro-apple: against the port where Apple's package is installed, else with a stand-in for it."""

import functools
import importlib.util
import sys
import types
from dataclasses import dataclass

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tiny_depth_pro import apple_state, photo_of, saved, tiny_model  # noqa: E402

from relens.depth.depth_pro import DepthPro, DepthProApple  # noqa: E402
from relens.depth.depth_pro.input import network_input  # noqa: E402
from relens.errors import FileError, MissingPackageError, RelensError  # noqa: E402

_INSTALLED = importlib.util.find_spec("depth_pro") is not None


@pytest.mark.skipif(not _INSTALLED, reason="Apple's package depth_pro is not installed")
def test_both_ways_are_equal_on_the_same_weights(tmp_path, monkeypatch) -> None:
    import timm
    from depth_pro import depth_pro as module
    from depth_pro.network import vit_factory

    small = functools.partial(timm.create_model, embed_dim=32, depth=4, num_heads=2, mlp_ratio=2)
    monkeypatch.setattr(timm, "create_model", small)
    preset = vit_factory.ViTConfig(
        in_chans=3,
        embed_dim=32,
        encoder_feature_layer_ids=[1, 2],
        encoder_feature_dims=[16, 16, 24, 32],
        timm_preset="vit_large_patch14_dinov2",
        timm_img_size=518,
        timm_patch_size=14,
    )
    monkeypatch.setitem(vit_factory.VIT_CONFIG_DICT, "dinov2l16_384", preset)
    monkeypatch.setattr(module.DEFAULT_MONODEPTH_CONFIG_DICT, "decoder_features", 16)
    model = tiny_model(patch_px=384)
    torch.save(apple_state(model), tmp_path / "depth_pro.pt")
    photo = photo_of()
    apple = DepthProApple(tmp_path, "cpu").estimate(photo)
    port = DepthPro(saved(model, tmp_path / "port"), "cpu", "float32").estimate(photo)
    assert port.inverse_depth.std() > 0.1
    np.testing.assert_allclose(apple.inverse_depth, port.inverse_depth, atol=1e-5)
    assert apple.intrinsics is not None and port.intrinsics is not None
    assert apple.intrinsics.fx_px == pytest.approx(port.intrinsics.fx_px, rel=1e-6)


class _Block(torch.nn.Linear):
    def __init__(self) -> None:
        super().__init__(4, 4)


class _Encoder(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = torch.nn.Sequential(_Block(), _Block())


class _Pyramid(torch.nn.Module):
    out_size = 2

    def __init__(self) -> None:
        super().__init__()
        self.patch_encoder, self.image_encoder = _Encoder(), _Encoder()


class _Decoder(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fusions = torch.nn.ModuleList([torch.nn.Conv2d(1, 1, 1), torch.nn.Conv2d(1, 1, 1)])


class _StandIn(torch.nn.Module):
    """Answers with the picture's red channel and the field of view of its one number."""

    img_size = 64

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = _Pyramid(), _Decoder()
        self.degrees = torch.nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        self.encoder.patch_encoder.blocks(torch.zeros(35, 4))
        self.encoder.image_encoder.blocks(torch.zeros(1, 4))
        for level, side in zip(reversed(self.decoder.fusions), (4, 8), strict=True):
            level(torch.zeros(1, 1, side, side))
        return x[:, :1] + 2, self.degrees.reshape(1, 1, 1, 1)

    def infer(self, x, f_px=None):
        raise AssertionError("infer fails on plain numbers, and hides the sky")


@dataclass
class _Configuration:
    checkpoint_uri: str | None = "./checkpoints/depth_pro.pt"


@pytest.fixture
def stand_in(monkeypatch, tmp_path):
    """Apple's documented way in: create_model_and_transforms(config, device, precision)."""
    made: list[_Configuration] = []

    def create_model_and_transforms(config, device, precision=torch.float32):
        made.append(config)
        assert config.checkpoint_uri is None
        return _StandIn().to(device), None

    package, inner = types.ModuleType("depth_pro"), types.ModuleType("depth_pro.depth_pro")
    package.create_model_and_transforms = create_model_and_transforms
    inner.DEFAULT_MONODEPTH_CONFIG_DICT = _Configuration()
    monkeypatch.setitem(sys.modules, "depth_pro", package)
    monkeypatch.setitem(sys.modules, "depth_pro.depth_pro", inner)
    monkeypatch.setattr("relens.depth.depth_pro.apple_way.find_spec", lambda name: object())
    model = _StandIn()
    torch.nn.init.constant_(model.degrees, 60.0)
    torch.save(model.state_dict(), tmp_path / "depth_pro.pt")
    return tmp_path


def test_the_adapter_scales_by_the_focal_length_and_reads_the_checkpoint_itself(stand_in, monkeypatch) -> None:
    monkeypatch.chdir("/")
    photo = photo_of(64, 64, source="user", fx_px=55.4256)
    fractions: list[float] = []
    backend = DepthProApple(stand_in, "cpu")
    assert backend.readiness().usable
    depth = backend.estimate(photo, lambda stage, fraction: fractions.append(fraction))
    expected = (network_input(photo.linear, 64)[0] + 2) * 64 / 55.4256
    np.testing.assert_allclose(depth.inverse_depth, expected, rtol=1e-6)
    assert depth.notes == ()  # 60 degrees are 55.4 px: no conflict
    assert fractions[0] == 0.0
    assert fractions[-1] == pytest.approx(1.0)
    assert fractions == sorted(fractions)


def test_the_networks_focal_length_is_in_pixels_of_the_photo(stand_in) -> None:
    depth = DepthProApple(stand_in, "cpu").estimate(photo_of())
    assert depth.intrinsics is not None
    assert depth.intrinsics.fx_px == pytest.approx(48 / np.tan(np.radians(30)), rel=1e-6)


def test_a_checkpoint_of_something_else_is_named(stand_in) -> None:
    torch.save({"weight": torch.zeros(3)}, stand_in / "depth_pro.pt")
    with pytest.raises(FileError, match=r"depth_pro\.pt: lacks degrees, .+; are these the weights"):
        DepthProApple(stand_in, "cpu").estimate(photo_of())


def test_the_ports_folder_is_not_apples(stand_in, tmp_path) -> None:
    folder = saved(tiny_model(), tmp_path / "port")
    with pytest.raises(FileError, match=r"holds no depth_pro\.pt"):
        DepthProApple(folder, "cpu").estimate(photo_of())


def test_out_of_memory_names_the_way_that_needs_less(stand_in, monkeypatch) -> None:
    def forward(self, x):
        raise MemoryError

    monkeypatch.setattr(_StandIn, "forward", forward)
    with pytest.raises(RelensError, match="the back-end depth-pro runs the same weights in less"):
        DepthProApple(stand_in, "cpu").estimate(photo_of())


@pytest.mark.skipif(_INSTALLED, reason="Apple's package depth_pro is installed")
def test_without_the_package_it_says_where_to_get_it() -> None:
    state = DepthProApple().readiness()
    assert not state.usable
    assert "ml-depth-pro" in state.why
    with pytest.raises(MissingPackageError, match="depth_pro; install it with: pip install git"):
        DepthProApple().estimate(photo_of())
