"""relens info: what a file knows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg


@dataclass(frozen=True)
class Info:
    """Show what a photo, a scene folder or a depth file knows.

    Try:
      relens info portrait.heic
      relens info me.relens --json
    """

    file: Annotated[Positional[Path], arg(metavar="FILE")]
    """Photo, scene folder, or depth file (NPZ, NPY, PFM, EXR, TIFF, 16-bit PNG)."""
    json: bool = False
    """Print JSON: lengths in metres and pixels, angles in degrees."""

    def run(self) -> None:
        """Print one fact a line, or one JSON object."""
        from relens.explain.facts import facts_of

        facts = facts_of(self.file)
        if self.json:
            print(json.dumps({fact.key: fact.value for fact in facts}, indent=2))
        else:
            for fact in facts:
                label = fact.key.removesuffix("_px").removesuffix("_deg").removesuffix("_m").replace("_", " ")
                print(f"{label:<12} {fact.text}")
