"""relens demo: one portrait, photographed again and again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg


@dataclass(frozen=True)
class Demo:
    """Photograph the sample portrait with other lenses and lay the pictures out on one sheet.

    Try:
      relens demo -o out/demo
      relens demo --photo portrait.heic --samples 128
    """

    output: Annotated[Path, arg(aliases=["-o"], metavar="FOLDER")] = Path("out/demo")
    """Where the pictures go; made where missing."""
    photo: Annotated[Path | None, arg(metavar="PHOTO", help_behavior_hint="(default: the sample portrait)")] = None
    """A portrait that carries the phone's depth."""
    samples: Annotated[int, arg(metavar="N")] = 36
    """Most lens samples a pixel."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Make the pictures; print each file with the seconds it took."""
        from relens.cli.progress_bar import progress_bar
        from relens.explain.demo import run_demo
        from relens.samples import sample_path

        with progress_bar(self.quiet) as progress:
            report = run_demo(self.photo or sample_path("iphone14-portrait"), self.output, self.samples, progress)
        if not self.quiet:
            print("\n".join(report.lines()))
