import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from relens.weights.checksum import checksum_like, is_checksum, kind_of


@pytest.mark.parametrize("content", [b"", b"weights\n", bytes(range(256)) * 20_000])
def test_both_kinds(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    heard: list[int] = []
    assert checksum_like("0" * 64, file, heard.append) == hashlib.sha256(content).hexdigest()
    assert (heard[-1] if heard else 0) == len(content)
    if shutil.which("git"):
        told = subprocess.run(["git", "hash-object", "--no-filters", file], capture_output=True, text=True, check=True)
        assert checksum_like("0" * 40, file, heard.append) == told.stdout.strip()


def test_what_is_a_checksum() -> None:
    assert is_checksum("ab" * 20) and kind_of("ab" * 20) == "git's sha1"
    assert is_checksum("ab" * 32) and kind_of("ab" * 32) == "sha256"
    for text in ("", "ab" * 16, "AB" * 20, "../" + "ab" * 32, "ab" * 32 + "\n", "model.safetensors"):
        assert not is_checksum(text)
