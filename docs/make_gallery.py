"""Makes the pictures of the gallery: runs the commands of docs/gallery.yaml and reduces what they make.

make gallery                                       # everything
.venv/bin/python docs/make_gallery.py wall lamps   # some pictures, of the scene that is already lifted
"""

import argparse
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml
from gallery_page import GALLERY, image_name
from PIL import Image, ImageSequence

_ROOT = Path(__file__).parents[1]
_IMAGES = _ROOT / "docs/images/gallery"
_LONGEST_PX, _BYTES, _QUALITY = 1600, 300_000, 85


def main() -> None:
    """Run the commands, one after the other, and say how long each took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these pictures")
    names = parser.parse_args().names
    gallery = yaml.safe_load(GALLERY.read_text(encoding="utf-8"))
    unknown = set(names) - {picture["name"] for picture in gallery["pictures"]}
    if unknown:
        sys.exit(f"no such picture in docs/gallery.yaml: {', '.join(sorted(unknown))}")
    (_ROOT / "out/gallery").mkdir(parents=True, exist_ok=True)
    if not names:
        for command in gallery["prepare"]:
            _run(command)
    for picture in gallery["pictures"]:
        if names and picture["name"] not in names:
            continue
        for command in picture["run"]:
            _run(command)
        for at, made in enumerate(picture["show"]):
            reduce(_ROOT / made, _IMAGES / image_name(picture, at))
    if not names:
        for command in gallery["report"]["run"]:
            _run(command)


def _run(command: str) -> None:
    words = shlex.split(command)
    made = _ROOT / words[words.index("-o") + 1]
    if made.is_dir() and made.is_relative_to(_ROOT / "out/gallery"):
        shutil.rmtree(made)  # a series of pictures wants a new folder
    started = time.monotonic()
    # The relens beside this Python, whatever the PATH says.
    subprocess.run(
        [Path(sys.executable).with_name(words[0]), *words[1:]], cwd=_ROOT, check=True, stdout=subprocess.DEVNULL
    )
    print(f"{time.monotonic() - started:6.1f} s  {command}", flush=True)


def reduce(made: Path, image: Path) -> None:
    """Write a picture as the page shows it: a JPEG of at most 1600 px and 300 kB, an animation as it is."""
    image.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(made) as picture:
        if getattr(picture, "is_animated", False):
            frames = sum(1 for _ in ImageSequence.Iterator(picture))
            if made.stat().st_size > _BYTES:
                sys.exit(f"{made}: {frames} frames in {made.stat().st_size} bytes, more than {_BYTES}; make it smaller")
            image.write_bytes(made.read_bytes())
            return
        if picture.mode in ("RGBA", "LA"):
            # A page is white, and so is what shows through.
            straight = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", straight.size, "white"), straight)
        flat = picture.convert("RGB")
    flat.thumbnail((_LONGEST_PX, _LONGEST_PX), Image.Resampling.LANCZOS)
    for quality in range(_QUALITY, 40, -5):
        flat.save(image, "JPEG", quality=quality, optimize=True, progressive=True)
        if image.stat().st_size <= _BYTES:
            return


if __name__ == "__main__":
    main()
