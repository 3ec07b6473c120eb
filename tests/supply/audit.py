"""`make audit`: what the advisory services say of the lock, of this environment and of the viewer's packages.

A service that does not answer, or answers for some packages only, is a failure of its own: nothing was audited then.
pip-audit itself ends with 0 where its service knows none of the packages, which is what a mirror looks like.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOUND, UNANSWERED = 1, 2


def python_report(answer: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Of pip-audit's JSON: a line for each known vulnerability, and the packages that it could not ask about."""
    found, unasked = [], []
    for package in answer["dependencies"]:
        if package["name"] == "relens":
            continue  # it is here, and on no registry
        if "skip_reason" in package:
            unasked.append(package["name"])
        for one in package.get("vulns", ()):
            mend = " or ".join(one["fix_versions"]) or "no version"
            found.append(f"{package['name']} {package['version']}: {one['id']}, mended in {mend}")
    return found, unasked


def npm_report(answer: dict[str, Any]) -> list[str]:
    """Of npm's JSON: a line for each package with a known vulnerability; KeyError where it is no audit."""
    return [f"{name}: {one['severity']}, in {one['range']}" for name, one in answer["vulnerabilities"].items()]


def _answer(command: Sequence[str], folder: Path) -> dict[str, Any]:
    """The JSON that a command prints. Raises ValueError with its last line where that is none."""
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ValueError(f"{command[0]}: {error}") from error
    try:
        return json.loads(run.stdout)
    except ValueError:
        raise ValueError((run.stderr.strip().splitlines() or ["no answer"])[-1]) from None


def audit() -> int:
    """Print what was found, by what was audited; 0 when all was asked about and nothing is known."""
    worst = 0
    pip_audit = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    for title, further in {
        "requirements.lock": ["--requirement", "requirements.lock", "--disable-pip"],
        "this environment": ["--skip-editable"],
    }.items():
        try:
            found, unasked = python_report(_answer([*pip_audit, *further], ROOT))
        except (ValueError, KeyError) as error:
            found, unasked = [], [str(error)]
        worst = max(worst, _tell(title, found, unasked))
    try:
        found, unasked = npm_report(answer := _answer(["npm", "audit", "--json"], ROOT / "viewer")), []
    except KeyError:
        # npm's own errors are JSON too.
        found, unasked = [], [str(answer.get("message") or answer.get("error") or "no audit")]
    except ValueError as error:
        found, unasked = [], [str(error)]
    return max(worst, _tell("viewer/package-lock.json", found, unasked))


def _tell(title: str, found: Sequence[str], unasked: Sequence[str]) -> int:
    for line in found:
        print(f"{title}: {line}")
    if unasked:
        more = f" and {len(unasked) - 3} more" if len(unasked) > 3 else ""
        what = " ".join(", ".join(unasked[:3]).split())[:300]
        print(f"{title}: NOT AUDITED, the advisory service did not answer for: {what}{more}", file=sys.stderr)
        return UNANSWERED
    if not found:
        print(f"{title}: nothing is known against it")
    return FOUND if found else 0


if __name__ == "__main__":
    sys.exit(audit())
