"""relens explain: how a photo gets its shallow depth of field, in one page."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.lens_options import LensOptions
from relens.cli.photo_options import PhotoOptions
from relens.cli.shot_options import QualityOptions


@dataclass(frozen=True)
class Explain:
    """Explain, with your own photo, how its background melts: one HTML page, every picture and number of it measured.

    The page needs no network: open it in a browser, mail it, print it.

    Try:
      relens explain portrait.heic -o report.html
      relens explain portrait.jpg -o report.html --f-number 2 --focus 1200,900
      relens explain me.relens -o report.html --json > numbers.json
    """

    source: Annotated[Positional[Path], arg(metavar="PHOTO|SCENE")]
    """A photo, or the folder that `relens lift` made of one."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="PAGE.html")] = field(kw_only=True)
    """The page."""
    json: bool = False
    """Print all numbers of the page as JSON: lengths in metres, millimetres and pixels as their names say."""
    focus: Annotated[str, arg(metavar="WHERE")] = "subject"
    """What is sharp: 1.2m, 120cm or 850mm from the camera; 1200,800 a pixel of the photo; subject (what stands near, in
    the middle of the frame); or inf."""
    lens: Annotated[LensOptions, OmitArgPrefixes] = field(default_factory=LensOptions)
    quality: Annotated[QualityOptions, OmitArgPrefixes] = field(default_factory=QualityOptions)
    photo: Annotated[PhotoOptions, OmitArgPrefixes] = field(default_factory=PhotoOptions)
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Write the page; print one line, or the numbers."""
        import json

        from relens.cli.explain_photo import explain
        from relens.cli.progress_bar import progress_bar

        with progress_bar(self.quiet) as progress:
            outcome, numbers = explain(self, progress)
        if self.json:
            print(json.dumps(numbers, indent=2))
        elif not self.quiet:
            outcome.show()
