"""What a reader made of an input: success or a RelensError are right, anything else is a finding."""

import resource
import traceback
from dataclasses import dataclass
from pathlib import Path

from fuzz.target import Target

from relens.errors import RelensError
from relens.photo import stored

MEMORY_BYTES = 2 << 30
# Every size that is refused takes the same way; small ones let more inputs through in the same time. What a picture
# of the real limit takes is measured by bombs.py.
stored.SMALL_SAMPLES = 200_000
stored.SAMPLES_A_BYTE = 20


@dataclass(frozen=True)
class Finding:
    """What went wrong: a key that is the same for the same cause, and a text for people."""

    key: str
    text: str


def outcome(target: Target, data: bytes, folder: Path) -> Finding | None:
    """Read an input; None where all is well. A crash or a hang of a native library is for the caller to see."""
    before = _resident_bytes()
    try:
        target.read(data, folder)
    except RelensError as error:
        if _out_of_memory(error):
            return Finding("memory refused", _trace(error))
        if "\n" in str(error) or not str(error).strip():
            return Finding("error of several lines or none", _trace(error))
    except Exception as error:
        return Finding(_key(error), _trace(error))
    grown = _peak_bytes() - before
    if grown > MEMORY_BYTES:
        _forget_peak()
        return Finding("memory used", f"{grown >> 20} MB for {len(data)} bytes")
    return None


def _out_of_memory(error: BaseException | None) -> bool:
    """Whether memory ran out underneath; the limit on this process is above what a small file may take."""
    while error is not None:
        if isinstance(error, MemoryError) or "nsufficient memory" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _key(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/relens/" in frame.filename] or frames
    return f"{type(error).__name__} in {Path(ours[-1].filename).name} {ours[-1].name}"


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")
