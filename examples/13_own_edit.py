"""An edit of one's own: a frozen dataclass that makes one scene of another. It is undone to the bit like any other.

It is kept in the history by its class's name, but not replayed on other scenes: only edits that relens knows are
(`relens.edit.Stylise` replays any function from picture to picture). Writes own-edit.jpg.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tyro
from sample import sample_photo

import relens
from relens.edit import History, Patch, Where, changed, select
from relens.render.focus import subject_depth_m


@dataclass(frozen=True)
class Monochrome:
    """Colours go, luminance stays.

    Attributes:
        strength: 0 to 1, how far.
        where: what is touched.
    """

    strength: float = 1.0
    where: Where = field(default_factory=Where)

    def __call__(self, scene: relens.Scene) -> relens.Scene:
        """The scene with the selected colours changed; `changed` leaves all else as it is, soft edges included."""

        def grey(patch: Patch) -> np.ndarray:
            luminance = patch.colour @ np.array([0.2126, 0.7152, 0.0722], np.float32)
            return patch.colour + np.float32(self.strength) * (luminance[..., None] - patch.colour)

        return changed(scene, select(scene, self.where), grey)


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of photo and picture in pixels; out: the folder it goes to."""
    scene = relens.lift(sample_photo(size))
    history = History(scene).do(Monochrome())
    print(f"done: {', '.join(step.name for step in history.done)}")
    lens = relens.Lens(focal_length_mm=85, f_number=2.8, focus_distance_m=subject_depth_m(scene))
    out.mkdir(parents=True, exist_ok=True)
    picture = relens.shoot(history.scene, lens)
    relens.write_picture(picture, out / "own-edit.jpg")


if __name__ == "__main__":
    tyro.cli(main)
