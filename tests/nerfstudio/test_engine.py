import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from posed_scene import posed_cameras

from relens import Aperture, Lens
from relens.camera import Camera, Intrinsics, opengl_from_opencv
from relens.errors import RelensError
from relens.multiview.nerfstudio.engine import NerfstudioEngine
from relens.multiview.nerfstudio.frame import ModelFrame
from relens.multiview.nerfstudio.open_nerfstudio import open_nerfstudio
from relens.photo import srgb_decode
from relens.progress import silent
from relens.render.engine import Engine, SampleBlock

_FRAME = ModelFrame(
    np.array([[0.0, 0, 1, 0.3], [1, 0, 0, -0.2], [0, 1, 0, 0.5], [0, 0, 0, 1]]),
    0.4,
)
_POINTED = Lens(1.0, 128.0)


class Plane:
    """Stands in for a model: a wall at z = 4 of the data set's world, white in a disc of this radius, else black."""

    device = "cpu"

    def __init__(self, radius_m: float, white: float = 1.0, black: float = 0.0) -> None:
        self.radius_m, self.shades = radius_m, (white, black)

    def get_outputs_for_camera_ray_bundle(self, bundle):
        import torch

        shape = bundle.directions.shape[:-1]
        directions, origins = (values.reshape(-1, 3).double().numpy() for values in (bundle.directions, bundle.origins))
        assert np.allclose(np.linalg.norm(directions, axis=1), 1, atol=1e-6)
        rotation = _FRAME.to_model[:3, :3]
        eye_m = (origins / _FRAME.scale - _FRAME.to_model[:3, 3]) @ rotation
        ray = directions @ rotation
        travelled_m = (4 - eye_m[:, 2]) / ray[:, 2]
        hit_m = eye_m + travelled_m[:, None] * ray
        white, black = self.shades
        shade = np.where(np.hypot(hit_m[:, 0], hit_m[:, 1]) < self.radius_m, white, black)
        outputs = {
            "rgb": np.repeat(shade[:, None], 3, axis=1),
            "depth": travelled_m[:, None] * _FRAME.scale,
            "accumulation": (hit_m[:, :1] < 1).astype(float),
        }
        return {name: torch.from_numpy(values).reshape(*shape, -1) for name, values in outputs.items()}


@pytest.fixture(scope="module")
def trained(nerfacto) -> NerfstudioEngine:
    return open_nerfstudio(nerfacto)


def _small(camera: Camera) -> Camera:
    return replace(camera, intrinsics=camera.intrinsics.resized(24, 18))


def test_it_is_an_engine() -> None:
    assert isinstance(NerfstudioEngine(Plane(1), _FRAME), Engine)


def test_cameras_are_those_of_the_data_set(trained: NerfstudioEngine) -> None:
    expected = posed_cameras(8, 48)
    assert len(trained.cameras) == 6
    for camera in trained.cameras:
        off = [np.abs(camera.camera_to_world - other.camera_to_world).max() for other in expected]
        assert min(off) < 1e-5
        assert camera.intrinsics.fx_px == pytest.approx(expected[0].intrinsics.fx_px)


def test_a_pinhole_shows_the_models_own_picture(trained: NerfstudioEngine) -> None:
    camera = trained.cameras[2]
    shown = _own_picture(trained, camera, 0.0, 0.0, math.inf)
    ours = trained.render(camera, _POINTED, SampleBlock(0, 1, 0), None, silent)
    assert np.abs(ours.rgba[..., :3] - shown).max() < 2e-3
    assert np.abs(ours.rgba[..., :3] - shown).mean() < 1e-4
    assert (ours.rgba[..., 3] == 1).all()
    assert shown.std() > 0.02


def test_a_lens_shows_the_mean_of_off_axis_pinholes(trained: NerfstudioEngine) -> None:
    camera = _small(trained.cameras[3])
    lens = Lens(85, 0.8, focus_distance_m=2.0)
    samples = lens.aperture.samples(6, 3)
    views = [_own_picture(trained, camera, *(point * lens.pupil_diameter_m / 2), 2.0) for point in samples.points]
    weights = samples.weights[:, None, None]
    expected = (np.stack(views) * weights).sum(axis=0) / weights.sum(axis=0)
    ours = trained.render(camera, lens, SampleBlock(0, 6, 3), None, silent)
    assert np.abs(ours.rgba[..., :3] - expected).max() < 2e-3
    assert np.abs(np.stack(views) - expected).max() > 0.02
    whole_views = replace(trained, rasterises=True).render(camera, lens, SampleBlock(0, 6, 3), None, silent)
    assert np.abs(whole_views.rgba - ours.rgba).max() < 2e-3


def test_depth_is_along_the_axis(trained: NerfstudioEngine) -> None:
    from nerfstudio.cameras.cameras import Cameras

    camera = _small(trained.cameras[0])
    theirs: Cameras = _their_camera(trained.frame, camera, 0.0, 0.0, math.inf)
    outputs = trained.model.get_outputs_for_camera(theirs)
    rays = theirs.generate_rays(camera_indices=0, keep_shape=True)
    axis = -theirs.camera_to_worlds[0, :, 2]
    expected = (outputs["depth"][..., 0] * (rays.directions @ axis)).numpy() / trained.frame.scale
    depth_m = trained.pinhole_depth_m(camera)
    seen = outputs["accumulation"][..., 0].numpy() > 0.55
    assert seen.any()
    assert np.allclose(depth_m[seen], expected[seen], rtol=2e-3)


@pytest.mark.parametrize("f_number", [1.0, 2.0])
def test_a_point_becomes_a_disc_as_wide_as_the_pupil_asks(f_number: float) -> None:
    camera = Camera(Intrinsics.centred(1200, 41, 41))
    lens = Lens(50, f_number, focus_distance_m=2.0)
    seen = NerfstudioEngine(Plane(0.004), _FRAME).render(camera, lens, SampleBlock(0, 256, 0), None, silent)
    light = seen.rgba[..., 0].astype(float)
    at = np.arange(41) - 20
    square_px = (light * (at**2 + at[:, None] ** 2)).sum() / light.sum()
    radius_px = 1200 * lens.pupil_diameter_m * abs(1 / 4 - 1 / 2) / 2
    # An even disc's mean square radius is half of its radius squared; the point is a disc itself, and they add up.
    assert math.sqrt(square_px) == pytest.approx(math.sqrt((radius_px**2 + (1200 * 0.004 / 4) ** 2) / 2), rel=0.03)


def test_what_is_in_focus_is_as_a_pinhole_shows_it() -> None:
    camera = Camera(Intrinsics.centred(60, 21, 21))
    engine = NerfstudioEngine(Plane(0.3), _FRAME)
    sharp = engine.render(camera, _POINTED, SampleBlock(0, 1, 0), None, silent)
    ours = engine.render(camera, Lens(85, 0.8, focus_distance_m=4.0), SampleBlock(0, 16, 0), None, silent)
    assert np.abs(sharp.rgba - ours.rgba).max() < 1e-6


def test_light_is_linear_before_it_is_mixed() -> None:
    camera = Camera(Intrinsics.centred(3, 5, 5))
    engine = NerfstudioEngine(Plane(0.25, 0.9, 0.2), _FRAME)
    lens = Lens(100, 0.5, focus_distance_m=0.5, aperture=Aperture())
    middle = engine.render(camera, lens, SampleBlock(0, 512, 0), None, silent).rgba[2, 2, 0]
    white, black = srgb_decode(np.array([0.9, 0.2]))
    # The pupil is 200 mm wide; from it the disc of 250 mm fills this share of what the pixel's rays meet at 4 m.
    reach_m = 0.1 * (4 / 0.5 - 1)
    share = (0.25 / reach_m) ** 2
    assert middle == pytest.approx(share * white + (1 - share) * black, abs=0.01)
    assert middle != pytest.approx(float(srgb_decode(np.array([share * 0.9 + (1 - share) * 0.2]))[0]), abs=0.01)


def test_only_wanted_pixels_are_taken() -> None:
    camera = Camera(Intrinsics.centred(20, 7, 5))
    engine = NerfstudioEngine(Plane(0.5), _FRAME)
    lens = Lens(50, 1.0, focus_distance_m=1.0)
    wanted = np.zeros((5, 7), bool)
    wanted[2, 3] = wanted[0, 6] = True
    some = engine.render(camera, lens, SampleBlock(4, 8, 1), wanted, silent)
    whole = engine.render(camera, lens, SampleBlock(4, 8, 1), None, silent)
    assert np.array_equal(some.rgba[wanted], whole.rgba[wanted])
    assert (some.count[wanted] == 8).all() and not some.count[~wanted].any()
    assert np.isinf(some.variance[~wanted]).all()


def test_a_cats_eye_leaves_no_pixel_empty() -> None:
    camera = Camera(Intrinsics.centred(20, 9, 9))
    engine = NerfstudioEngine(Plane(100.0), _FRAME)
    lens = Lens(50, 1.0, focus_distance_m=1.0, aperture=Aperture(cats_eye=0.8))
    assert np.allclose(engine.render(camera, lens, SampleBlock(0, 8, 0), None, silent).rgba, 1)


def test_depth_undoes_the_models_world_and_leaves_out_what_is_not_there() -> None:
    depth_m = NerfstudioEngine(Plane(1), _FRAME).pinhole_depth_m(Camera(Intrinsics.centred(10, 9, 9)))
    assert np.allclose(depth_m[:, :6], 4, rtol=1e-5)
    assert np.isnan(depth_m[:, 8]).all()


def test_an_answer_without_colours_is_refused() -> None:
    model = SimpleNamespace(get_outputs_for_camera_ray_bundle=lambda bundle: {"density": None})
    with pytest.raises(RelensError, match="no output rgb or rgb_fine, but density"):
        NerfstudioEngine(model, _FRAME).render(
            Camera(Intrinsics.centred(10, 2, 2)), _POINTED, SampleBlock(0, 1, 0), None, silent
        )


def test_a_tilted_focus_needs_rays(trained: NerfstudioEngine) -> None:
    lens = Lens(50, 1.0, focus_distance_m=2.0, tilt_rad=0.1)
    with pytest.raises(RelensError, match="tilt"):
        replace(trained, rasterises=True).render(_small(trained.cameras[0]), lens, SampleBlock(0, 2, 0), None, silent)


def _own_picture(engine: NerfstudioEngine, camera: Camera, x_m: float, y_m: float, focus_m: float) -> np.ndarray:
    """Linear light that the model's own cameras give, from beside the middle of the pupil, sheared to the focus."""
    outputs = engine.model.get_outputs_for_camera(_their_camera(engine.frame, camera, x_m, y_m, focus_m))
    return srgb_decode(outputs["rgb"].numpy())


def _their_camera(frame: ModelFrame, camera: Camera, x_m: float, y_m: float, focus_m: float):
    import torch
    from nerfstudio.cameras.cameras import Cameras

    k = camera.intrinsics
    pose = frame.to_model @ opengl_from_opencv(camera.moved(float(x_m), float(y_m)).camera_to_world)
    pose[:3, 3] *= frame.scale
    return Cameras(
        camera_to_worlds=torch.from_numpy(pose[:3].astype(np.float32))[None],
        fx=k.fx_px,
        fy=k.fy_px,
        cx=float(k.cx_px + k.fx_px * x_m / focus_m),
        cy=float(k.cy_px + k.fy_px * y_m / focus_m),
        width=k.width_px,
        height=k.height_px,
    )
