"""A film: the focus goes from the subject to the wall while the camera stands still.

Writes focus-pull.webp, an animation. Name it .mp4 for a film, with `pip install 'relens[video]'`. A film that is
stopped goes on where it was.
"""

from pathlib import Path

import tyro
from sample import sample_photo

import relens
from relens.film import film
from relens.path import CameraPath, Keyframe, parse_aim
from relens.path.moves.rack_focus import RackFocus


def main(size: int = 480, out: Path = Path("out/examples"), fps: float = 12) -> None:
    """Size: width of photo and film in pixels; out: the folder it goes to; fps: frames a second."""
    scene = relens.lift(sample_photo(size))
    lens = relens.Lens(focal_length_mm=85, f_number=1.4)
    out.mkdir(parents=True, exist_ok=True)
    film(scene, RackFocus(seconds=1, hold_s=0.5), out / "focus-pull.webp", lens=lens, fps=fps)

    # The same kind of thing from keyframes of one's own: 3 cm to the right, the face in focus all the way.
    face = parse_aim("subject")
    path = CameraPath((Keyframe(0, eye_m=(0, 0, 0), focus=face), Keyframe(1, eye_m=(0.03, 0, 0), focus=face)))
    film(scene, path, out / "step-aside.webp", lens=lens, fps=fps)


if __name__ == "__main__":
    tyro.cli(main)
