"""Animations that run for ever: GIF with one palette for all frames, and WebP."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from relens.errors import ValueRangeError
from relens.film.frame_form import FrameForm
from relens.film.pyav import ffmpeg_errors, load_av, require_encoder
from relens.film.reel import Reel
from relens.film.video import frame_rate
from relens.ranges import number

_FOR_EVER = {"loop": "0", "fflags": "+bitexact"}
# Browsers play what is faster than this slowly.
_GIF_MOST_FPS = 50.0
# WebP's own encoder of animations leaves out what has changed a little, and edges tear: this one writes whole frames.
_WEBP = "libwebp"
_ENCODERS = {"gif": "gif", _WEBP: "webp"}


@dataclass(frozen=True)
class Gif:
    """A GIF. Its 256 colours are chosen from all frames together: colours of each frame's own would flicker.

    The dither is a fixed pattern, so that what stands still does not crawl.
    """

    form: FrameForm = FrameForm("png", 8)  # noqa: RUF009, it is frozen
    step_px: int = 1

    def require(self) -> None:
        """Raise MissingPackageError without PyAV, RelensError where it lacks the encoder."""
        require_encoder("gif", "gif", _ENCODERS)

    def write(self, target: Path, reel: Reel, size_px: tuple[int, int], fps: float) -> None:
        """Encode all frames, looking at them twice. Raises ValueRangeError for more than 50 a second, and OSError."""
        if fps > _GIF_MOST_FPS:
            raise ValueRangeError("fps", f"{fps:g}", f"at most {_GIF_MOST_FPS:g} for .gif; .webp has more")
        av = load_av()
        rate = frame_rate(fps)
        with ffmpeg_errors("gif"):
            palette = _palette(reel, size_px, rate)
            with av.open(str(target), "w", format="gif", options=_FOR_EVER) as container:
                stream = container.add_stream("gif", rate=rate)
                stream.width, stream.height = size_px
                stream.pix_fmt, stream.codec_context.time_base = "pal8", 1 / rate
                for frame in _in_colours_of(palette, reel, size_px, rate):
                    container.mux(stream.encode(frame))
                container.mux(stream.encode(None))


def _palette(reel: Reel, size_px: tuple[int, int], rate: Fraction) -> Any:
    graph = load_av().filter.Graph()
    source = _source(graph, size_px, "rgb24", rate)
    choose, out = graph.add("palettegen", "stats_mode=full"), graph.add("buffersink")
    source.link_to(choose)
    choose.link_to(out)
    graph.configure()
    for frame in _frames(reel, rate):
        source.push(frame)
    source.push(None)
    return out.pull()


def _in_colours_of(palette: Any, reel: Reel, size_px: tuple[int, int], rate: Fraction) -> Iterator[Any]:
    av = load_av()
    graph = av.filter.Graph()
    source = _source(graph, size_px, "rgb24", rate)
    colours = _source(graph, (palette.width, palette.height), palette.format.name, rate)
    use, out = graph.add("paletteuse", "dither=bayer:bayer_scale=3:diff_mode=rectangle"), graph.add("buffersink")
    source.link_to(use, 0, 0)
    colours.link_to(use, 0, 1)
    use.link_to(out)
    graph.configure()
    palette.pts, palette.time_base = 0, 1 / rate
    colours.push(palette)
    colours.push(None)
    for frame in _frames(reel, rate):
        source.push(frame)
        yield from _ready(out, av)
    source.push(None)
    yield from _ready(out, av)


def _ready(out: Any, av: Any) -> Iterator[Any]:
    while True:
        try:
            frame = out.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield frame


def _source(graph: Any, size_px: tuple[int, int], pixel_format: str, rate: Fraction) -> Any:
    return graph.add_buffer(width=size_px[0], height=size_px[1], format=pixel_format, time_base=1 / rate)


def _frames(reel: Reel, rate: Fraction) -> Iterator[Any]:
    av = load_av()
    for index, codes in enumerate(reel.pixels()):
        frame = av.VideoFrame.from_ndarray(codes, "rgb24")
        frame.pts, frame.time_base = index, 1 / rate
        yield frame


@dataclass(frozen=True)
class WebP:
    """An animated WebP.

    Attributes:
        quality: 0 to 100, more is better.

    Raises ValueRangeError for anything else.
    """

    quality: float = 85.0
    form: FrameForm = FrameForm("png", 8)  # noqa: RUF009, it is frozen
    step_px: int = 1

    def __post_init__(self) -> None:
        quality = number("quality", self.quality, "0 to 100 for .webp, more is better", 0, 100)
        object.__setattr__(self, "quality", quality)

    def require(self) -> None:
        """Raise MissingPackageError without PyAV, RelensError where it lacks the encoder."""
        require_encoder(_WEBP, "webp", _ENCODERS)

    def write(self, target: Path, reel: Reel, size_px: tuple[int, int], fps: float) -> None:
        """Encode all frames. Raises RelensError for sizes past 16383, and OSError."""
        av = load_av()
        rate = frame_rate(fps)
        with ffmpeg_errors("webp"), av.open(str(target), "w", format="webp", options=_FOR_EVER) as container:
            options = {"quality": f"{self.quality:g}", "compression_level": "4"}
            stream = container.add_stream(_WEBP, rate=rate, options=options)
            stream.width, stream.height = size_px
            stream.pix_fmt, stream.codec_context.time_base = "bgra", 1 / rate
            for frame in _frames(reel, rate):
                # The encoder's own way to YUV is the one that decoders take back.
                opaque = frame.reformat(format="bgra")
                container.mux(stream.encode(opaque))
            container.mux(stream.encode(None))
