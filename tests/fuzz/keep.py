"""Keep what runs have found worth keeping: python tests/fuzz/keep.py [OUT], after run.py.

Of each target the shortest inputs that reached new code, up to a limit, go to tests/fuzz/corpus.
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]

from fuzz.corpus import keep_inputs  # noqa: E402, after the path

# Of each target, before packing; the repository takes all of them.
_MOST_BYTES = 120_000
_MOST_INPUTS = 120


def main() -> None:
    """Write one archive a target."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "out" / "fuzz"
    for folder in sorted(path for path in out.iterdir() if path.is_dir()):
        data = {file.read_bytes() for file in folder.glob("corpus*/*")}
        kept, size = [], 0
        for each in sorted(data, key=lambda one: (len(one), one)):
            size += len(each)
            if size > _MOST_BYTES or len(kept) == _MOST_INPUTS:
                break
            kept.append(each)
        if kept:
            keep_inputs(folder.name, kept)
            print(f"{folder.name}: {len(kept)} of {len(data)}")


if __name__ == "__main__":
    main()
