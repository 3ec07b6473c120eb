"""The sample photographs that come with relens."""

from pathlib import Path

from relens.errors import RelensError

# A wheel carries them inside the package, a source checkout beside it.
_FOLDERS = (Path(__file__).parent / "_scenes", Path(__file__).parents[2] / "scenes")


def sample_path(name: str) -> Path:
    """Path of a sample photograph, e.g. "iphone14-portrait"; its source and licence lie beside it.

    Raises RelensError, with the names there are, when this installation has no such sample.
    """
    samples = _samples()
    if name not in samples:
        known = ", ".join(sorted(samples)) or "none; install relens from its wheel or run it from a source checkout"
        raise RelensError(f"sample {name!r} is not in this installation; expected one of: {known}")
    return samples[name]


def _samples() -> dict[str, Path]:
    photos = (photo for folder in _FOLDERS for photo in folder.glob("*/portrait.*"))
    return {photo.parent.name: photo for photo in photos}
