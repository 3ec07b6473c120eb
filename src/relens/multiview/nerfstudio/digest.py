"""digest_of: tells one trained model from another, so that frames that are kept count for it alone."""

import hashlib
import os
from pathlib import Path

_BYTES = 8


def digest_of(config: str | os.PathLike[str]) -> str:
    """16 letters and digits of a config.yml and the checkpoints under its folder: their names, sizes and times."""
    file = Path(config)
    digest = hashlib.blake2b(file.read_bytes(), digest_size=_BYTES)
    for checkpoint in sorted(file.parent.rglob("*.ckpt")):
        about = checkpoint.stat()
        digest.update(f"{checkpoint.name} {about.st_size} {about.st_mtime_ns}".encode())
    return digest.hexdigest()
