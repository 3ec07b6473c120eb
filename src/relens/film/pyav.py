"""PyAV, which brings ffmpeg: loaded when a film is made, or a word how to get it."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from relens.errors import MissingPackageError, RelensError


def load_av() -> ModuleType:
    """PyAV. Raises MissingPackageError."""
    try:
        import av
    except ImportError as error:
        raise MissingPackageError("av", "making films", "pip install 'relens[video]'") from error
    return av


def require_encoder(name: str, format_name: str, others: dict[str, str]) -> None:
    """Raise RelensError where this ffmpeg lacks an encoder. others: what may be there instead, by encoder."""
    av = load_av()
    if name not in av.codecs_available:
        there = [other for encoder, other in others.items() if encoder in av.codecs_available]
        raise RelensError(
            f"{format_name}: ffmpeg's encoder {name} is not in this build of PyAV ({av.__version__}), which has "
            f"{', '.join(there) or 'none of the others'}; choose another, or numbered pictures such as film/####.png"
        )


@contextmanager
def ffmpeg_errors(what: str) -> Iterator[None]:
    """Inside, what ffmpeg refuses becomes a RelensError; what the disk refuses stays an OSError."""
    av = load_av()
    try:
        yield
    except av.FFmpegError as error:
        if isinstance(error, OSError) and not isinstance(error, av.error.ExternalError):
            raise OSError(error.errno, error.strerror) from error
        raise RelensError(f"{what}: ffmpeg cannot encode it ({error.strerror})") from error
