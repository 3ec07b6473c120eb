"""The page's presets are those of configs/lenses, and its pupils relens's own."""

import math
from dataclasses import replace

import numpy as np
import pytest

from relens.errors import FileError
from relens.lens_preset import preset_names, read_preset
from relens.viewer.presets import presets, settings_of


def test_every_preset_is_the_lens_it_is():
    found = {preset["name"]: preset for preset in presets()}
    assert set(found) == set(preset_names())
    for name in found:
        assert settings_of(name).lens() == read_preset(name).lens()
    assert found["58mm-f2-8blade"]["pupil"] is None


def test_presets_are_in_the_order_of_focal_lengths():
    lengths = [preset["lens"]["focal_length_mm"] for preset in presets()]
    assert lengths == sorted(lengths) and len(lengths) > 10


def test_the_pupil_of_an_image_turned_and_squeezed_is_the_apertures():
    (mirror,) = (preset for preset in presets() if preset["lens"]["image"])
    points = np.reshape(mirror["pupil"]["points"], (-1, 2))
    aperture = replace(settings_of(mirror["name"]).lens().aperture, rotation_rad=0.7, squeeze=1.6, blades=5)
    samples = aperture.samples(1024)
    cos, sin = math.cos(0.7), math.sin(0.7)
    plain = replace(aperture, rotation_rad=0.0, squeeze=1.0).samples(1024).points
    np.testing.assert_allclose(plain @ [[cos, sin], [-sin, cos]] / [1.6, 1], samples.points, atol=1e-9)
    own = settings_of(mirror["name"]).lens().aperture.samples(1024)
    np.testing.assert_allclose(points, own.points, atol=1e-5)
    np.testing.assert_allclose(np.reshape(mirror["pupil"]["weights"], (-1, 3)), own.weights, atol=1e-5)


def test_an_unknown_preset():
    with pytest.raises(FileError, match="no such lens"):
        settings_of("none")
