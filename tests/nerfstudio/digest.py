"""Whether the plug-in is as it was when its tests last passed: they are heavy, and CI runs them only where it is not.

python tests/nerfstudio/digest.py --check    exits with 0 where verified.sha256 says what the files are
python tests/nerfstudio/digest.py --write    after a pass
"""

import hashlib
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_VERIFIED = Path(__file__).with_name("verified.sha256")
# The plug-in and the fits that it wraps, its tests and pins.
_FOLDERS = ("src/relens/multiview", "tests/nerfstudio")
_FILES = ("tests/posed_scene.py",)


def digest() -> str:
    """One number for the names and contents of all files."""
    files = [_ROOT / name for name in _FILES]
    files += [file for folder in _FOLDERS for file in (_ROOT / folder).rglob("*") if file.suffix in (".py", ".txt")]
    total = hashlib.sha256()
    for file in sorted(files, key=lambda one: one.relative_to(_ROOT).as_posix()):
        content = hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        total.update(f"{content}  {file.relative_to(_ROOT).as_posix()}\n".encode())
    return total.hexdigest()


def main() -> int:
    """Check or write; returns the exit status."""
    if sys.argv[1:] == ["--write"]:
        _VERIFIED.write_text(digest() + "\n", "utf-8")
        return 0
    if sys.argv[1:] == ["--check"]:
        verified = _VERIFIED.read_text("utf-8").strip() if _VERIFIED.is_file() else ""
        return 0 if verified == digest() else 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
