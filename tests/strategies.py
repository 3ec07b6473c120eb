"""Hypothesis strategies for the carriers: lenses, apertures, cameras, layers and small scenes."""

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from unchecked import unchecked

from relens.aperture import Aperture
from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.photo.photo import SourceFile
from relens.scene import Layer, Scene

angles_rad = st.floats(-math.pi, math.pi)
steps_m = st.floats(-2, 2)
inverse_depths = st.floats(0.01, 20)
sharp_limits_px = st.floats(0.1, 20)
focal_lengths_px = st.floats(200, 20000)


@st.composite
def apertures(draw: st.DrawFn) -> Aperture:
    """Every outline: disc and blades, turned, curved and squeezed."""
    return Aperture(
        blades=draw(st.sampled_from([0, *range(3, 17)])),
        rotation_rad=draw(angles_rad),
        curvature=draw(st.floats(0, 1)),
        squeeze=draw(st.floats(0.25, 4)),
    )


@st.composite
def lenses(draw: st.DrawFn, *, finite_focus: bool = False) -> Lens:
    """Lenses of every allowed focal length and f-number, focused anywhere beyond the focal length."""
    focal_length_mm = draw(st.floats(1, 2000))
    distances_m = st.floats(focal_length_mm * 1.01e-3, 1e4)
    return Lens(
        focal_length_mm=focal_length_mm,
        f_number=draw(st.floats(0.5, 128)),
        focus_distance_m=draw(distances_m if finite_focus else distances_m | st.just(math.inf)),
        aperture=draw(apertures()),
    )


@st.composite
def intrinsics(draw: st.DrawFn) -> Intrinsics:
    """Pinholes with oblong pixels and a principal point off the middle."""
    width_px, height_px = draw(st.integers(1, 10000)), draw(st.integers(1, 10000))
    return Intrinsics(
        fx_px=draw(focal_lengths_px),
        fy_px=draw(focal_lengths_px),
        cx_px=draw(st.floats(0, 1)) * width_px,
        cy_px=draw(st.floats(0, 1)) * height_px,
        width_px=width_px,
        height_px=height_px,
        source=draw(st.text(max_size=8)),
    )


@st.composite
def cameras(draw: st.DrawFn) -> Camera:
    """Cameras anywhere, turned anyhow."""
    camera = Camera(draw(intrinsics())).turned(draw(angles_rad), draw(angles_rad), draw(angles_rad))
    return camera.moved(draw(steps_m), draw(steps_m), draw(steps_m))


@st.composite
def layers(draw: st.DrawFn, name: str, height_px: int, width_px: int) -> Layer:
    """A page of random light, with or without highlights, empty texels and texels without a surface."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    brightest = draw(st.sampled_from([0.0, 0.01, 1.0, 1.00001, 1.0001, 7.3, 6e4]))
    opacity = draw(st.sampled_from([1e-5, 0.001, 0.5, 2.0]))
    alpha = np.clip(rng.random((height_px, width_px)) * 1.5 * opacity - 0.2 * opacity, 0, 1)
    colour = rng.random((height_px, width_px, 3)) ** draw(st.sampled_from([0.5, 1, 4])) * brightest
    rgba = np.concatenate([colour * alpha[..., None], alpha[..., None]], axis=2).astype(np.float32)
    inverse_depth = (rng.random((height_px, width_px)) * rng.choice([0, 1, 30])).astype(np.float32)
    inverse_depth[(rgba[..., 3] == 0) & (rng.random((height_px, width_px)) < 0.5)] = np.nan
    return Layer(name, rgba, inverse_depth)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Small scenes of one to three layers."""
    width_px, height_px, border_px = draw(st.integers(1, 12)), draw(st.integers(1, 12)), draw(st.integers(0, 3))
    names = draw(st.lists(st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True), min_size=1, max_size=3, unique=True))
    size = height_px + 2 * border_px, width_px + 2 * border_px
    # Control characters, separators and lone surrogates included: names that file systems hold and others do not.
    file_names = st.text(max_size=80)
    source = st.builds(SourceFile, file_names, st.binary(max_size=50))
    deviations = arrays(np.float32, (height_px, width_px), elements=st.floats(0, 3, width=32) | st.just(math.nan))
    parts: dict[str, Any] = {
        "camera": Camera(Intrinsics.centred(draw(focal_lengths_px), width_px, height_px)),
        "layers": tuple(draw(layers(name, *size)) for name in names),
        "border_px": border_px,
        "source": draw(st.none() | source),
        "depth_source": draw(st.text(max_size=20)),
        "uncertainty": draw(st.none() | deviations),
    }
    # The check of a tuple picks an element with Python's own random numbers, which a strategy must not use.
    with unchecked():
        return Scene(**parts)
