"""The inputs that are kept in the repository: those that reached new code, one ZIP archive a target, and findings."""

import hashlib
import zipfile
from pathlib import Path

_HERE = Path(__file__).parent
_CORPUS, _FINDINGS = _HERE / "corpus", _HERE / "findings"


def kept_inputs(name: str) -> list[bytes]:
    """The inputs that an earlier run kept for a target, in order."""
    file = _CORPUS / f"{name}.zip"
    if not file.is_file():
        return []
    with zipfile.ZipFile(file) as archive:
        return [archive.read(member) for member in archive.namelist()]


def keep_inputs(name: str, inputs: list[bytes]) -> None:
    """Keep inputs of a target: the same ones give the same archive."""
    with zipfile.ZipFile(_CORPUS / f"{name}.zip", "w", zipfile.ZIP_LZMA) as archive:
        for number, data in enumerate(inputs):
            member = zipfile.ZipInfo(f"{number:04}-{hashlib.sha256(data).hexdigest()[:8]}")
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data, compresslevel=9)


def findings(name: str) -> list[Path]:
    """The inputs that once went wrong."""
    return sorted(path for path in (_FINDINGS / name).glob("*") if path.suffix != ".txt")
