import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("scipy")
from posed_scene import BALL_M, BALL_RADIUS_M, posed_set  # noqa: E402

from relens.errors import FileError, MissingPackageError, ValueRangeError  # noqa: E402
from relens.multiview.surface import SurfaceSettings, fit_surface, visible_points  # noqa: E402

SMALL = SurfaceSettings(
    steps=8,
    rays=48,
    coarse_samples=24,
    fine_samples=10,
    sdf_cells=(8, 16, 24),
    colour_cells=(8, 16),
    uncertainty_cells=(8,),
    sky_cells=(8,),
    start_share=0.3,
    device="cpu",
)


class Stopped(BaseException):
    """As KeyboardInterrupt: no Exception."""


def stop_at(share):
    def stop(stage, fraction):
        if fraction >= share:
            raise Stopped

    return stop


@pytest.fixture(scope="module")
def photos():
    return posed_set(count=4, width_px=24, priors="biased")


def same(one, other):
    return all(
        torch.equal(a, b) for a, b in zip(*(fit.field.state_dict().values() for fit in (one, other)), strict=True)
    )


def test_the_ball_is_found():
    """The ball's visible side: a mean distance of the surface under 2.5 % of its radius, with priors off by 6 %."""
    settings = replace(SMALL, steps=250, rays=256, coarse_samples=48, fine_samples=16, sdf_cells=(16, 32, 64),
                       colour_cells=(16, 48), uncertainty_cells=(8, 24))  # fmt: skip
    told = []
    fit = fit_surface(
        posed_set(count=8, width_px=48, priors="biased"),
        settings,
        progress=lambda stage, done: told.append((stage, done)),
    )
    ways = np.random.default_rng(0).normal(size=(2000, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    points = (BALL_M + BALL_RADIUS_M * ways[ways[:, 2] < -0.4]).astype(np.float32)
    off = fit.field.sdf(torch.from_numpy(points)).abs()
    assert float(off.mean()) < 0.025 * BALL_RADIUS_M
    assert fit.psnr_db > 22 and told[-1] == (f"surface, {fit.psnr_db:.2f} dB", 1.0)

    eye, way = np.zeros((1, 3), np.float32), (BALL_M / np.linalg.norm(BALL_M)).astype(np.float32)[None]
    seen, weights = visible_points(fit, eye, way, 4)
    assert tuple(seen.shape) == (1, 4, 3) and bool((weights[0, :-1] >= weights[0, 1:]).all()) and not seen.requires_grad
    first = BALL_M - BALL_RADIUS_M * way[0]
    assert np.linalg.norm(seen[0, 0].numpy() - first) < 0.1 * BALL_RADIUS_M


def test_same_seed_same_fit(photos):
    one, other = (fit_surface(photos, SMALL) for _ in range(2))
    assert same(one, other) and one.psnr_db == other.psnr_db
    assert not same(one, fit_surface(photos, replace(SMALL, seed=1)))


def test_a_stopped_fit_goes_on_to_the_same_numbers(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[fit_surface.__module__], "_REPORT_EVERY", 1)
    file = tmp_path / "surface.pt"
    with pytest.raises(Stopped):
        fit_surface(photos, SMALL, checkpoint=file, progress=stop_at(0.6))
    told = []
    resumed = fit_surface(photos, SMALL, checkpoint=file, progress=lambda stage, done: told.append(done))
    assert told[0] == 6 / 8, "five steps were kept"
    assert same(resumed, fit_surface(photos, SMALL)) and [entry.name for entry in tmp_path.iterdir()] == [file.name]
    told.clear()
    assert same(resumed, fit_surface(photos, SMALL, checkpoint=file)) and not told


def test_foreign_checkpoints_are_refused(photos, tmp_path):
    file = tmp_path / "surface.pt"
    fit_surface(photos, replace(SMALL, steps=1), checkpoint=file)
    with pytest.raises(FileError, match="other settings"):
        fit_surface(photos, replace(SMALL, steps=2), checkpoint=file)
    other = posed_set(count=4, width_px=24, priors="biased", noise=0.01)
    with pytest.raises(FileError, match="other photos"):
        fit_surface(other, replace(SMALL, steps=1), checkpoint=file)
    found = torch.load(file, weights_only=True)
    torch.save(found | {"version": 99}, file)
    with pytest.raises(FileError, match="version 99"):
        fit_surface(photos, replace(SMALL, steps=1), checkpoint=file)
    for content in (b"", b"no checkpoint", file.read_bytes()[:2000]):
        file.write_bytes(content)
        with pytest.raises(FileError, match="is not a checkpoint"):
            fit_surface(photos, replace(SMALL, steps=1), checkpoint=file)


def test_a_checkpoint_runs_no_code(photos, tmp_path):
    file, trace = tmp_path / "surface.pt", tmp_path / "trace"
    torch.save({"kind": "relens surface fit", "state": Touch(trace)}, file)
    with pytest.raises(FileError, match="is not a checkpoint"):
        fit_surface(photos, SMALL, checkpoint=file)
    assert not trace.exists()


class Touch:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize(
    "changed",
    [
        {"uses_priors": False},
        {"learns_uncertainty": False},
        {"guides_rays": False},
        {"masks_smoothness": False},
        {"corrects_bias": False},
        {"carves": False},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_every_part_is_a_switch(photos, changed):
    assert not same(fit_surface(photos, replace(SMALL, **changed)), fit_surface(photos, SMALL))


def test_photos_without_priors(photos):
    bare = replace(photos, photos=tuple(replace(photo, prior=None) for photo in photos.photos))
    assert np.isfinite(fit_surface(bare, SMALL).psnr_db)


def test_wrong_requests(photos, monkeypatch):
    if not torch.cuda.is_available():
        with pytest.raises(ValueRangeError, match="no CUDA"):
            fit_surface(photos, replace(SMALL, device="cuda"))
    for wrong in ({"steps": 0}, {"sdf_cells": (64, 32)}, {"sdf_cells": ()}, {"beta_end": 0.0}, {"uniform_share": 1.5},
                  {"depth_weight": -1.0}, {"sdf_rate": float("nan")}):  # fmt: skip
        with pytest.raises(ValueRangeError):
            replace(SMALL, **wrong)
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingPackageError, match=r"relens\[fit\]"):
        fit_surface(photos, SMALL)
