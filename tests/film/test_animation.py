"""Animations hold every frame, for as long as it lasts, and run for ever."""

from pathlib import Path

import numpy as np
import pytest
from film_scene import reel_of
from PIL import Image

from relens.errors import ValueRangeError
from relens.film.animation import Gif, WebP
from relens.film.frame_form import FrameForm
from relens.photo.transfer import srgb_decode

SIZE_PX = (96, 64)


def _linear(shift: int) -> np.ndarray:
    row, column = np.mgrid[0:64, 0:96]
    codes = np.stack([2 * column + 20, 3 * row + 20, np.full_like(row, 90)], axis=-1).astype(float)
    codes[20:30, 5 + 6 * shift : 15 + 6 * shift] = 250
    return srgb_decode((codes / 255).astype(np.float32))


LINEARS = [_linear(shift) for shift in range(6)]


def _frames(path: Path) -> tuple[list[np.ndarray], list[int]]:
    """Pixels, and when each frame ends, milliseconds."""
    picture, pixels, ends_ms = Image.open(path), [], [0]
    assert picture.info["loop"] == 0
    for index in range(picture.n_frames):
        picture.seek(index)
        picture.load()
        pixels.append(np.asarray(picture.convert("RGB"), float))
        ends_ms.append(ends_ms[-1] + picture.info["duration"])
    return pixels, ends_ms[1:]


@pytest.mark.parametrize(("made", "suffix", "rms"), [(Gif(), ".gif", 6), (WebP(), ".webp", 4), (WebP(100), ".webp", 2)])
def test_frames_and_times(tmp_path, made: Gif | WebP, suffix: str, rms: float) -> None:
    path = tmp_path / f"a{suffix}"
    made.write(path, reel_of(tmp_path / "frames", LINEARS), SIZE_PX, 12.0)
    pixels, ends_ms = _frames(path)
    assert len(pixels) == len(LINEARS)
    for seen, linear in zip(pixels, LINEARS, strict=True):
        error = seen - FrameForm().pixels(linear)
        assert np.sqrt(np.square(error).mean()) < rms
        assert np.abs(error.mean(axis=(0, 1))).max() < 2
    np.testing.assert_allclose(ends_ms[:-1], np.arange(1, 6) * 1000 / 12, atol=11)


@pytest.mark.parametrize(("made", "suffix"), [(Gif(), ".gif"), (WebP(), ".webp")])
def test_the_same_frames_are_the_same_bytes(tmp_path, made: Gif | WebP, suffix: str) -> None:
    reel = reel_of(tmp_path / "frames", LINEARS)
    for name in "ab":
        made.write(tmp_path / f"{name}{suffix}", reel, SIZE_PX, 12.0)
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_what_stands_still_in_a_gif_does_not_crawl(tmp_path) -> None:
    Gif().write(tmp_path / "a.gif", reel_of(tmp_path / "frames", LINEARS), SIZE_PX, 12.0)
    pixels, _ = _frames(tmp_path / "a.gif")
    assert np.ptp(np.stack(pixels)[:, 40:], axis=0).max() == 0


def test_a_gif_of_one_frame_and_one_colour(tmp_path) -> None:
    Gif().write(tmp_path / "a.gif", reel_of(tmp_path / "frames", [np.zeros((64, 96, 3))]), SIZE_PX, 12.0)
    assert _frames_of_one(tmp_path / "a.gif").max() == 0


def _frames_of_one(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def test_browsers_play_no_faster_gif(tmp_path) -> None:
    with pytest.raises(ValueRangeError, match="fps=60: expected at most 50"):
        Gif().write(tmp_path / "a.gif", reel_of(tmp_path / "frames", LINEARS), SIZE_PX, 60.0)


@pytest.mark.parametrize("quality", [-1.0, 101.0])
def test_qualities_that_are_none(quality: float) -> None:
    with pytest.raises(ValueRangeError, match="0 to 100"):
        WebP(quality)
