"""relens edit export and import: a scene's pages out to any editor, and back."""

import math
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.lens_options import LensOptions
from relens.cli.shot_options import CameraOptions, QualityOptions, ShotOptions
from relens.errors import RelensError

if TYPE_CHECKING:
    from relens.cli.subject import Subject
    from relens.edit.history import History
    from relens.lens import Lens
    from relens.render.retake import Take
    from relens.scene import Scene


@dataclass(frozen=True)
class ExportPages:
    """Write a scene's pages for an editor: 16-bit PNGs, and one layered OpenRaster file with masks.

    Try:
      relens edit export me.relens pages
    """

    scene: Annotated[Positional[Path], arg(metavar="SCENE")]
    """The folder that `relens lift` made."""
    folder: Annotated[Positional[Path], arg(metavar="DIR")]
    """A new folder: photo.png, a page a layer, pages.ora, pages.json."""

    def run(self) -> None:
        """Export; print the files."""
        from relens.edit.pages_out import export_pages
        from relens.scene_folder import load_scene

        for file in export_pages(load_scene(self.scene), self.folder):
            print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


@dataclass(frozen=True)
class ImportPages:
    """Take pages back from an editor; what was not edited keeps its bits.

    Try:
      relens edit import me.relens pages
      relens edit import me.relens pages/pages.ora -o painted.relens
      relens edit import me.relens pages --watch --shoot face.png --f-number 1.4
    """

    scene: Annotated[Positional[Path], arg(metavar="SCENE")]
    """The scene that the pages were exported from."""
    pages: Annotated[Positional[Path], arg(metavar="DIR|FILE.ora")]
    """The folder of `relens edit export`, or the OpenRaster file in it."""
    output: Annotated[Path | None, arg(aliases=["-o"], metavar="SCENE", help_behavior_hint="(default: SCENE)")] = None
    """Where the edited scene goes."""
    shoot: Annotated[Path | None, arg(metavar="PICTURE", help_behavior_hint="(default: none)")] = None
    """Photograph the edited scene, too, with the lens and camera below."""
    watch: bool = False
    """Import, and shoot where asked, whenever the editor saves; Ctrl-C ends it."""
    focus: Annotated[str, arg(metavar="WHERE")] = "subject"
    """What is sharp: 1.2m, 120cm or 850mm from the camera; 1200,800 a pixel of the photo; subject; or inf."""
    lens: Annotated[LensOptions, OmitArgPrefixes] = field(default_factory=LensOptions)
    camera: Annotated[CameraOptions, OmitArgPrefixes] = field(default_factory=CameraOptions)
    samples: Annotated[int, arg(metavar="N")] = 64
    """Most lens samples a pixel."""
    seed: Annotated[int, arg(metavar="N")] = 0
    """Scrambles the sample pattern; the same seed gives the same picture."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Import and save; print what changed."""
        from relens.cli.output import require_picture_path, require_scene_path
        from relens.cli.subject import check, focused, scene_subject
        from relens.edit.history_file import load_history
        from relens.render.aim import parse_aim

        options = ShotOptions(self.lens, self.camera, QualityOptions(self.samples, self.seed))
        check(options)
        focus = parse_aim(self.focus)
        lens = self.lens.focused(math.inf if focus.distance_m is None else focus.distance_m)
        if self.shoot is not None:
            require_picture_path(self.shoot)
        require_scene_path(self.output or self.scene)
        history = load_history(self.scene)
        subject = scene_subject(history.scene, options)
        if self.shoot is not None:
            lens = focused(subject, focus, lens)
        self._imported(_Darkroom(self, history, subject, lens))

    def _imported(self, darkroom: "_Darkroom") -> None:
        from relens.edit.watch import saves

        since_now = saves(self.pages)
        darkroom.develop()
        if not self.watch:
            return
        try:
            darkroom.say(f"watching {self.pages}; Ctrl-C ends it")
            for _ in since_now:
                try:
                    darkroom.develop()
                except RelensError as error:
                    # A file may be half written, or its mistake about to be mended.
                    print(f"relens: not taken up: {error}", file=sys.stderr)
        except KeyboardInterrupt:
            darkroom.say("stopped")


class _Darkroom:
    """What one import, or a watch of many, works on: always the scene that the pages were exported from."""

    def __init__(self, command: ImportPages, history: "History", subject: "Subject", lens: "Lens") -> None:
        self.command, self.history, self.subject, self.lens = command, history, subject, lens
        self.take: Take | None = None
        self.saved = history if command.output is None else None

    def develop(self) -> None:
        """Import the pages as they are now, save the scene, and shoot it where that is asked for."""
        from relens.cli.outcome import Outcome
        from relens.edit.history_file import save_history
        from relens.edit.pages_in import import_pages

        command = self.command
        edited, report = import_pages(self.history.scene, command.pages)
        history = self.history.do(lambda scene: edited, "import")
        if history is not self.saved:
            save_history(history, command.output or command.scene)
            self.saved = history
        if not command.quiet:
            Outcome("\n".join(map(str, report.pages)), report.notes).show()
        if command.shoot is not None:
            self._shoot(history.scene, command.shoot)

    def say(self, line: str) -> None:
        """Print it, unless the user wants it quiet."""
        if not self.command.quiet:
            print(line, flush=True)

    def _shoot(self, scene: "Scene", picture: Path) -> None:
        from relens.render.retake import retake, take
        from relens.render.write_picture import write_picture

        if self.take is None:
            command = self.command
            self.take = take(
                scene,
                self.lens,
                camera=self.subject.camera,
                framing=command.camera.framing,
                samples=command.samples,
                seed=command.seed,
            )
        else:
            self.take = retake(self.take, scene)
        write_picture(self.take.picture, picture)
        self.say(f"{picture}: {self.take.reshot:.0%} of it shot")
