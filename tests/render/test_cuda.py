"""The CUDA engine against the reference and the CPU engine, on Warp's device "cpu" and, where there is one, on a GPU.

Against the reference as in test_cpu: RMS within 0.004 of light from 0 to 1, and 99.9 % of the values within 0.05.
Against the CPU engine, which takes the same samples with the same footprints but interpolates where all is blurred: RMS
0.003.
"""

import importlib.util
from functools import cache

import numpy as np
import pytest
from layer_scenes import BLUE, RED, grid, lens_with_blur, plane, rms, scene_of, texture, truth_of

from relens.aperture import Aperture, ApertureImage
from relens.errors import MissingPackageError, RelensError
from relens.lens import Lens
from relens.progress import silent
from relens.render import cuda, cuda_device
from relens.render.cpu import CpuEngine
from relens.render.cuda import CudaEngine, why_not
from relens.render.engine import SampleBlock
from relens.render.estimate import merged
from relens.render.reference import ReferenceEngine

pytest.importorskip("warp", reason="warp-lang is not installed")

WIDE = Lens(85, 1.4, 1.2)
NO_GPU = cuda_device.why_no_gpu()


@pytest.fixture(params=["cpu", "cuda:0"])
def device(request):
    if request.param != "cpu" and NO_GPU:
        pytest.skip(f"no GPU: {NO_GPU}")
    return request.param


@cache
def scenes():
    row, column = grid()
    disc = np.hypot(row - 24, column - 30) - 12
    hill = 0.6 + 0.25 * np.sin(row / 9) * np.cos(column / 11)
    return {
        "soft disc before a hill": scene_of(
            plane("disc", texture(1), 1.5 + 0.002 * column, alpha=np.clip(0.5 - disc / 4, 0, 1)),
            plane("hill", texture(2), hill),
        ),
        "three layers that interleave": scene_of(
            plane("slope", texture(1), np.clip(0.9 + (column - 32) * 0.02, 0.1, 2), alpha=np.abs(row - 24) < 9),
            plane("disc", texture(2), 0.9, alpha=disc < 0),
            plane("wall", texture(3), 0.2),
        ),
        "a page that folds": scene_of(plane("page", texture(4), 0.3 + 1.2 / (1 + np.exp(disc / 1.5)))),
        "holes": scene_of(
            plane("front", RED, np.where(disc < -4, np.nan, 1.0), alpha=disc >= 0), plane("back", BLUE, 0.3)
        ),
    }


@cache
def lenses():
    image = np.zeros((9, 13, 3))
    image[2:7, 3:10] = 1, 0.5, 0.2
    return {
        "wide": WIDE,
        "cat's eye, darkening": Lens(85, 1.4, 1.2, Aperture(cats_eye=0.6), vignetting=True),
        "tilted": Lens(85, 1.4, 1.2, tilt_rad=0.05, swing_rad=-0.03),
        "colour errors": Lens(85, 1.4, 1.2, axial_colour=0.01, lateral_colour=0.01),
        "coloured image": Lens(85, 1.4, 1.2, Aperture(image=ApertureImage(image))),
    }


def cameras(scene):
    return {
        "its own": scene.camera,
        "moved": scene.camera.moved(0.05, -0.03, 0.02),
        "turned": scene.camera.moved(-0.02, 0.01, -0.1).turned(0.04, 0.02, 0.2),
    }


def taken(engine, lens, samples, camera=None, seed=0, first=0, wanted=None):
    return engine.render(camera or engine.scene.camera, lens, SampleBlock(first, samples, seed), wanted, silent)


@pytest.mark.parametrize("name", ["soft disc before a hill", "a page that folds"])
def test_agrees_with_the_reference(name, device):
    scene = scenes()[name]
    camera = cameras(scene)["turned"]
    expected = taken(ReferenceEngine(scene), WIDE, 64, camera).rgba
    difference = taken(CudaEngine(scene, device), WIDE, 1024, camera).rgba - expected
    assert rms(difference) < 0.004
    assert np.quantile(np.abs(difference), 0.999) < 0.05


@pytest.mark.parametrize("camera", ["its own", "turned"])
@pytest.mark.parametrize("name", ["three layers that interleave", "holes"])
def test_agrees_with_the_cpu_engine_from_any_camera(name, camera, device):
    scene = scenes()[name]
    camera = cameras(scene)[camera]
    one, other = taken(CudaEngine(scene, device), WIDE, 64, camera), taken(CpuEngine(scene), WIDE, 64, camera)
    assert rms(one.rgba - other.rgba) < 0.003
    np.testing.assert_array_equal(one.count, other.count)


@pytest.mark.parametrize("lens", lenses())
def test_agrees_with_the_cpu_engine_through_any_lens(lens, device):
    scene, lens = scenes()["soft disc before a hill"], lenses()[lens]
    one, other = taken(CudaEngine(scene, device), lens, 64), taken(CpuEngine(scene), lens, 64)
    assert rms(one.rgba - other.rgba) < 0.003
    # The CPU engine takes one pixel of many where all is blurred; elsewhere the replicates are the same.
    np.testing.assert_array_equal(np.isfinite(one.variance), np.isfinite(other.variance))
    assert np.median(one.variance / np.maximum(other.variance, 1e-12)) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("samples", [8, 64])
def test_few_samples_are_smooth(samples, device):
    scene = scene_of(plane("wall", texture(5, 0), 0.2))
    lens = lens_with_blur(20, 0.2, 1.5)
    truth = truth_of(scene, lens, 1024)
    error = rms(taken(CudaEngine(scene, device), lens, samples).rgba - truth)
    assert error < 0.7 * rms(taken(ReferenceEngine(scene), lens, samples).rgba - truth)


@pytest.mark.parametrize("name", scenes())
def test_pinhole_depth(name, device):
    scene = scenes()[name]
    for camera in cameras(scene).values():
        depth_m = CudaEngine(scene, device).pinhole_depth_m(camera)
        expected_m = ReferenceEngine(scene).pinhole_depth_m(camera)
        agree = np.isclose(depth_m, expected_m, rtol=2e-3, equal_nan=True)
        assert agree.mean() > 0.97, "silhouettes may fall to either side, nothing else"


def test_a_scene_with_nothing_to_see_is_empty(device):
    engine = CudaEngine(scene_of(plane("air", RED, 1.0, alpha=0.0)), device)
    estimate = taken(engine, WIDE, 16)
    assert not estimate.rgba.any() and not estimate.variance.any()
    assert np.isnan(engine.pinhole_depth_m(engine.scene.camera)).all()


def test_the_same_seed_gives_the_same_picture_in_bands_of_any_size(device, monkeypatch):
    engine = CudaEngine(scenes()["soft disc before a hill"], device)
    whole = taken(engine, WIDE, 32, seed=3)
    monkeypatch.setattr(cuda, "PLAN_BYTES", 32 * 80 * 5)
    heard = []
    banded = engine.render(
        engine.scene.camera, WIDE, SampleBlock(0, 32, 3), None, lambda stage, share: heard.append(share)
    )
    assert len(heard) == 4 and heard[-1] == 1
    for name in ("rgba", "count", "variance"):
        np.testing.assert_array_equal(getattr(banded, name), getattr(whole, name))
    assert not np.array_equal(taken(engine, WIDE, 32, seed=4).rgba, whole.rgba)


def test_blocks_continue_one_another(device):
    scene = scenes()["soft disc before a hill"]
    engine = CudaEngine(scene, device)
    parts = merged(taken(engine, WIDE, 64), taken(engine, WIDE, 64, first=64))
    expected = merged(taken(CpuEngine(scene), WIDE, 64), taken(CpuEngine(scene), WIDE, 64, first=64))
    np.testing.assert_array_equal(parts.count, expected.count)
    assert rms(parts.rgba - expected.rgba) < 0.003


def test_takes_only_wanted_tiles(device):
    engine = CudaEngine(scenes()["holes"], device)
    wanted = np.zeros((48, 64), bool)
    wanted[20, 40] = True
    some, every = taken(engine, WIDE, 16, wanted=wanted), taken(engine, WIDE, 16)
    inside = np.zeros_like(wanted)
    inside[16:32, 32:48] = True
    np.testing.assert_array_equal(some.rgba[inside], every.rgba[inside])
    assert not some.count[~inside].any() and some.count[inside].all()


def test_progress_may_interrupt(device):
    def refuse(stage, share):
        raise KeyboardInterrupt

    engine = CudaEngine(scenes()["holes"], device)
    with pytest.raises(KeyboardInterrupt):
        engine.render(engine.scene.camera, WIDE, SampleBlock(0, 8, 0), None, refuse)


@pytest.mark.skipif(not NO_GPU, reason="this machine has a GPU")
def test_without_a_gpu_says_what_to_do():
    scene = scenes()["holes"]
    assert why_not(scene) == NO_GPU
    with pytest.raises(RelensError, match=r"engine cuda: .*use --engine cpu"):
        CudaEngine(scene)


def test_without_the_package_says_how_to_install_it(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "warp" else find_spec(name, *rest)
    )
    assert "relens[cuda]" in (why_not(scenes()["holes"]) or "")
    with pytest.raises(MissingPackageError, match=r"pip install 'relens\[cuda\]'"):
        CudaEngine(scenes()["holes"], "cpu")


def test_asking_for_a_gpu_where_there_is_no_driver_loads_no_warp(monkeypatch):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr(cuda_device.ctypes, "CDLL", refuse)
    monkeypatch.setattr(cuda_device, "open_warp", refuse)
    assert cuda_device.why_no_gpu() == "no NVIDIA driver on this machine"


def test_a_gpu_that_is_too_small_is_told_with_numbers(monkeypatch):
    import warp

    class Small:
        is_cuda, free_memory, name = True, 100_000_000, "Small GPU"

    scene = scenes()["holes"]
    engine = CudaEngine(scene, "cpu")
    monkeypatch.setattr(warp, "get_device", lambda alias: Small)
    with pytest.raises(RelensError, match=r"needs 0\.3 GB of GPU memory, Small GPU has 0\.1 GB free; use --engine cpu"):
        taken(engine, WIDE, 8)
    monkeypatch.setattr(cuda, "why_no_gpu", lambda: None)
    assert "0.1 GB free" in (why_not(scene) or "")


def test_too_many_layers_are_refused():
    scene = scene_of(
        *(plane(f"layer-{number}", RED, 0.1 * (10 - number), border_px=0) for number in range(9)), border_px=0
    )
    with pytest.raises(RelensError, match="9 layers, and it takes at most 8"):
        CudaEngine(scene, "cpu")


def test_eight_layers_are_sorted_by_every_ray(device):
    layers = [
        plane(f"layer-{n}", texture(n), 0.2 + 0.15 * ((5 * n) % 8), alpha=0.5 if n != 0 else 1.0) for n in range(8)
    ]
    scene = scene_of(*layers)
    one, other = taken(CudaEngine(scene, device), WIDE, 64), taken(ReferenceEngine(scene), WIDE, 16)
    assert rms(one.rgba - other.rgba) < 0.02
    assert rms(one.rgba - taken(CpuEngine(scene), WIDE, 64).rgba) < 0.003


def test_the_kernels_compile_for_a_gpu(tmp_path):
    # NVRTC comes with warp-lang and needs no driver: what a GPU would run is at least accepted by its compiler.
    import warp

    from relens.render import cuda_kernels, cuda_plan

    for module in (cuda_plan, cuda_kernels):
        (compiled,) = warp.compile_aot_module(module, arch=90, use_ptx=True, module_dir=tmp_path)
        assert b"_cuda_kernel_forward" in compiled.read_bytes()
