"""A video shows the colours of its frames, says how to read them, and is the same file whenever it is encoded."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from film_scene import reel_of

from relens.errors import MissingPackageError, RelensError, ValueRangeError
from relens.film.reel import Reel
from relens.film.video import Video, frame_rate
from relens.photo.transfer import srgb_decode

SIZE_PX = (64, 48)
CODES = np.random.default_rng(5).integers(0, 256, (3, 4, 3))
PATCHES = srgb_decode((CODES.repeat(16, axis=0).repeat(16, axis=1) / 255).astype(np.float32))
BT709, SRGB, LIMITED = 1, 13, 1


def _encoded(video: Video, reel: Reel, path: Path, fps: float = 24.0) -> Path:
    video.write(path, reel, SIZE_PX, fps)
    return path


def _rgb(frame: av.VideoFrame) -> np.ndarray:
    """Codes of 8 bits, in floats, by the book: ITU-R BT.709, limited range."""
    planes = frame.to_ndarray().astype(float).ravel() / (4 if "10le" in frame.format.name else 1)
    width, height = SIZE_PX
    y, halves = planes[: width * height].reshape(height, width), planes[width * height :]
    u, v = halves.reshape(2, height // 2, width // 2).repeat(2, axis=1).repeat(2, axis=2)
    y, u, v = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
    red, blue = y + 1.5748 * v, y + 1.8556 * u
    return 255 * np.stack([red, (y - 0.2126 * red - 0.0722 * blue) / 0.7152, blue], axis=-1)


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_colours_come_back(tmp_path, codec: str, bit_depth: int, suffix: str) -> None:
    video = Video(codec, bit_depth, 2.0)
    path = _encoded(video, reel_of(tmp_path / "frames", [PATCHES] * 3, video.form), tmp_path / f"a{suffix}")
    with av.open(str(path)) as film:
        assert len(film.streams) == 1, "no sound track"
        context = film.streams.video[0].codec_context
        assert (context.color_primaries, context.color_trc, context.colorspace) == (BT709, SRGB, BT709)
        assert context.color_range == LIMITED
        assert context.pix_fmt == ("yuv420p" if bit_depth == 8 else "yuv420p10le")
        if codec == "h265" and suffix != ".mkv":
            assert context.codec_tag == "hvc1"
        frames = list(film.decode(video=0))
    assert len(frames) == 3
    for frame in frames:
        middles = _rgb(frame)[8::16, 8::16]
        assert np.abs(middles - CODES).max() <= (2 if bit_depth == 8 else 1)


def test_ten_bits_are_ten_bits(tmp_path) -> None:
    video = Video("h264", 10, 1.0)
    ramp = np.linspace(0, 1, 512, dtype=np.float32)[None, :, None].repeat(16, axis=0).repeat(3, axis=2)
    video.write(tmp_path / "a.mp4", reel_of(tmp_path / "f", [srgb_decode(ramp)], video.form), (512, 16), 24.0)
    with av.open(str(tmp_path / "a.mp4")) as film:
        luma = next(film.decode(video=0)).to_ndarray()[:16]
    assert len(np.unique(luma[8])) > 300


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_the_same_frames_are_the_same_bytes(tmp_path, codec: str, suffix: str) -> None:
    moving = [np.roll(PATCHES, 3 * shift, axis=1) for shift in range(12)]
    reel = reel_of(tmp_path / "frames", moving)
    one, other = (_encoded(Video(codec), reel, tmp_path / f"{name}{suffix}") for name in "ab")
    assert one.read_bytes() == other.read_bytes()


def test_it_starts_to_play_before_it_is_loaded(tmp_path) -> None:
    content = _encoded(Video(), reel_of(tmp_path / "f", [PATCHES] * 3), tmp_path / "a.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize(
    ("fps", "rate"),
    [(24, "24"), (23.976, "24000/1001"), (29.97, "30000/1001"), (12.5, "25/2"), (59.94, "60000/1001"), (0.5, "1/2")],
)
def test_frame_rates(tmp_path, fps: float, rate: str) -> None:
    assert frame_rate(fps) == Fraction(rate)
    path = _encoded(Video(), reel_of(tmp_path / "f", [PATCHES] * 4), tmp_path / "a.mp4", fps)
    with av.open(str(path)) as film:
        times = [float(frame.time) for frame in film.decode(video=0)]
    np.testing.assert_allclose(np.diff(times), 1 / fps, rtol=2e-4)


def test_a_finer_factor_loses_less(tmp_path) -> None:
    noise = np.random.default_rng(6).random((48, 64, 3), np.float32)
    reel = reel_of(tmp_path / "f", [noise] * 3)
    sizes = [_encoded(Video("h264", 8, crf), reel, tmp_path / f"{crf}.mp4").stat().st_size for crf in (5.0, 40.0)]
    assert sizes[0] > 2 * sizes[1]


@pytest.mark.parametrize("values", [("vp9",), ("h264", 12), ("h264", 8, 52.0), ("h264", 8, float("nan"))])
def test_what_makes_no_video(values: tuple) -> None:
    with pytest.raises(ValueRangeError, match="expected"):
        Video(*values)


def test_without_the_encoder(monkeypatch) -> None:
    monkeypatch.setattr(av, "codecs_available", av.codecs_available - {"libx265"})
    with pytest.raises(RelensError, match=r"h265: ffmpeg's encoder libx265 is not in this build.*which has h264;"):
        Video("h265").require()
    Video("h264").require()


def test_without_pyav(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(
        MissingPackageError, match=r"needs the package av; install it with: pip install 'relens\[video\]'"
    ):
        Video().require()
