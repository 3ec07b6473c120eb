"""All figures of docs/how and docs/limits.md, computed by relens: python docs/figures [NAME ...] [--out FOLDER].

Diagrams and plots are SVG, photographs JPEG. Everything comes from the sample portraits and from scenes made in code.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import depth_figures
import estimator_figures
import lens_figures
import limit_figures
import picture_figures
import reach_figure
import spot_figure

IMAGES = Path(__file__).parents[1] / "images"
Figure = Callable[[Path], None]


def figures() -> dict[str, Figure]:
    """Every figure by the folder and name of its file, without the suffix."""
    how = (lens_figures, estimator_figures, reach_figure, picture_figures, depth_figures)
    limits = (limit_figures, spot_figure)
    return {
        f"{folder}/{name}": make
        for folder, modules in (("how", how), ("limits", limits))
        for module in modules
        for name, make in module.FIGURES.items()
    }


def main() -> int:
    """Make the figures that are named, or all."""
    known = figures()
    parser = argparse.ArgumentParser(
        prog="python docs/figures", description="The figures of docs/how and docs/limits.md."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; all when left out")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder with how/ and limits/ (default docs/images)")
    args = parser.parse_args()
    unknown = [name for name in args.names if name not in known]
    if unknown:
        print(f"no figure {', '.join(unknown)}; expected names of: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in args.names or known:
        folder = args.out / name.split("/")[0]
        folder.mkdir(parents=True, exist_ok=True)
        began_s = time.monotonic()
        known[name](folder)
        print(f"{name:<22}{time.monotonic() - began_s:6.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
