"""What the page of the benchmarks takes from benchmarks/: what each script measures, and the README there."""

import ast
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "benchmarks"


def benchmarks_markdown() -> str:
    """A table of the scripts by the first line of their docstrings, then benchmarks/README.md without its title."""
    rows = ["| script | what it measures |", "|---|---|"]
    for script in sorted(_FOLDER.glob("*.py")):
        text = script.read_text(encoding="utf-8")
        doc = ast.get_docstring(ast.parse(text))
        # What has no main part is a helper of another script.
        if doc and '__name__ == "__main__"' in text:
            rows.append(
                f"| `{script.name}` | {' '.join(doc.split(chr(10) * 2)[0].split()).replace('|', chr(92) + '|')} |"
            )
    readme = (_FOLDER / "README.md").read_text(encoding="utf-8")
    return "\n".join(rows) + "\n\n" + readme.partition("\n")[2].replace("](../docs/", "](")
