"""Video: H.264 and H.265 by ffmpeg, in MP4, MOV or Matroska, without a sound track."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from relens.errors import ValueRangeError
from relens.film.frame_form import FrameForm
from relens.film.pyav import ffmpeg_errors, load_av, require_encoder
from relens.film.reel import Reel
from relens.ranges import number

# Codec: ffmpeg's encoder, and its constant rate factor unless the user says otherwise: no loss that one sees.
_ENCODERS = {"h264": ("libx264", 16.0), "h265": ("libx265", 18.0)}
_CONTAINERS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}
VIDEO_SUFFIXES = tuple(_CONTAINERS)
# What an encoder writes depends on it, so it does not depend on the machine.
_THREADS = 8
# ITU-T H.273: BT.709 primaries, the sRGB curve, the BT.709 matrix; limited range.
_BT709, _SRGB, _LIMITED = 1, 13, 1


@dataclass(frozen=True)
class Video:
    """How a film is encoded.

    Convention: 4:2:0, BT.709 matrix and primaries, limited range, and tagged with the curve that the pictures have,
    sRGB's. The same frames give the same bytes.

    Attributes:
        codec: "h264" or "h265".
        bit_depth: 8, or 10 for players that know it: no bands in dark and wide blurs.
        quality: constant rate factor, 0 to 51, less is better; None for the codec's default.

    Raises ValueRangeError for anything else.
    """

    codec: str = "h264"
    bit_depth: int = 8
    quality: float | None = None

    def __post_init__(self) -> None:
        if self.codec not in _ENCODERS:
            raise ValueRangeError("codec", repr(self.codec), f"one of {', '.join(_ENCODERS)}")
        if self.bit_depth not in (8, 10):
            raise ValueRangeError("bit_depth", self.bit_depth, "8 or 10 for a video")
        if self.quality is not None:
            expected = "a constant rate factor, 0 to 51, less is better"
            object.__setattr__(self, "quality", number("quality", self.quality, expected, 0, 51))

    @property
    def form(self) -> FrameForm:
        """How its frames are kept."""
        return FrameForm("png", 8 if self.bit_depth == 8 else 16)

    @property
    def step_px(self) -> int:
        """Sizes are multiples of it: two pixels share their colour."""
        return 2

    def require(self) -> None:
        """Raise MissingPackageError without PyAV, RelensError where it lacks the encoder."""
        require_encoder(_ENCODERS[self.codec][0], self.codec, {name: codec for codec, (name, _) in _ENCODERS.items()})

    def write(self, target: Path, reel: Reel, size_px: tuple[int, int], fps: float) -> None:
        """Encode all frames. Raises RelensError for what the codec cannot hold, OSError from the disk."""
        av = load_av()
        with ffmpeg_errors(self.codec):
            container_name = _CONTAINERS[target.suffix.lower()]
            options = {"movflags": "+faststart"} if container_name != "matroska" else {}
            # Bit-exact leaves out versions and random numbers.
            options["fflags"] = "+bitexact"
            with av.open(str(target), "w", format=container_name, options=options) as container:
                rate, reformatter = frame_rate(fps), av.video.reformatter.VideoReformatter()
                stream = self._stream(container, size_px, rate)
                for index, codes in enumerate(reel.pixels()):
                    frame = _yuv(codes, stream.codec_context.pix_fmt, reformatter)
                    frame.pts, frame.time_base = index, 1 / rate
                    container.mux(stream.encode(frame))
                container.mux(stream.encode(None))

    def _stream(self, container: Any, size_px: tuple[int, int], rate: Fraction) -> Any:
        encoder, usual = _ENCODERS[self.codec]
        options = {"crf": f"{usual if self.quality is None else self.quality:g}", "preset": "medium"}
        if self.codec == "h264":
            # Finer steps in the dark and in smooth places, where bands would show. No macroblock tree: with AVX-512 it
            # reads past its rows, and no two films are the same.
            options["x264-params"] = f"threads={_THREADS}:aq-mode=3:no-mbtree=1"
        else:
            options["x265-params"] = f"pools={_THREADS}:frame-threads=3:aq-mode=3:log-level=none"
        stream = container.add_stream(encoder, rate=rate, options=options)
        context = stream.codec_context
        context.width, context.height = size_px
        context.pix_fmt = "yuv420p" if self.bit_depth == 8 else "yuv420p10le"
        context.time_base = 1 / rate
        context.color_primaries, context.color_trc, context.colorspace = _BT709, _SRGB, _BT709
        context.color_range = _LIMITED
        if self.codec == "h265" and container.format.name != "matroska":
            # As Apple's players want it.
            context.codec_tag = "hvc1"
        return stream


def _yuv(codes: np.ndarray, pixel_format: str, reformatter: Any) -> Any:
    from av import VideoFrame
    from av.video.reformatter import ColorRange, Colorspace, Interpolation

    if codes.itemsize == 2:
        # For ffmpeg, white is 65280 in 16 bits, 255 times 256.
        codes = (codes - (codes >> 8)).astype(np.uint16)
    rgb = VideoFrame.from_ndarray(codes, "rgb24" if codes.itemsize == 1 else "rgb48le")
    # Said outright: ffmpeg's own choice would be the matrix of BT.601.
    frame = reformatter.reformat(
        rgb, format=pixel_format, src_color_range=ColorRange.JPEG, dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG, threads=1,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP,
    )  # fmt: skip
    frame.color_primaries, frame.color_trc = _BT709, _SRGB
    return frame


def frame_rate(fps: float) -> Fraction:
    """Frames a second as a fraction: 23.976 and its like are 24000/1001."""
    broadcast = Fraction(round(fps * 1.001) * 1000, 1001)
    if fps != round(fps) and abs(float(broadcast) - fps) < 5e-3:
        return broadcast
    return Fraction(fps).limit_denominator(1000)
