"""Read all that was kept again, corpora and findings: python tests/fuzz/replay.py [TARGET ...]; 1 if any is wrong."""

import faulthandler
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]

from fuzz.corpus import findings, kept_inputs  # noqa: E402, after the path
from fuzz.outcome import outcome  # noqa: E402
from fuzz.targets.all import TARGETS  # noqa: E402


def main() -> int:
    """Print what is wrong, and how many inputs were read."""
    # A crash of a native library says which input it was.
    faulthandler.enable()
    wrong = read = 0
    for target in (TARGETS[name] for name in sys.argv[1:] or TARGETS):
        inputs = {f"corpus {number}": data for number, data in enumerate(kept_inputs(target.name))}
        inputs |= {f"finding {file.name}": file.read_bytes() for file in findings(target.name)}
        with tempfile.TemporaryDirectory() as folder:
            for name, data in inputs.items():
                print(f"\r{target.name} {name}", end="", file=sys.stderr)
                found = outcome(target, data, Path(folder))
                read += 1
                if found:
                    wrong += 1
                    print(f"\n{target.name} {name}: {found.key}\n{found.text}")
    print(f"\n{read} inputs read, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
