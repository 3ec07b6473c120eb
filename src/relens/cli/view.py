"""relens view: a scene in the browser, with the lens in your hands."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.photo_options import PhotoOptions
from relens.errors import FileError, MissingPackageError
from relens.progress import Progress

if TYPE_CHECKING:
    from relens.scene import Scene
    from relens.serve.address import Address
    from relens.serve.folder_state import FolderState
    from relens.serve.session import Loaded


@dataclass(frozen=True)
class View:
    """Look at a scene in the browser, turn the lens, touch up its pages, plan moves, and shoot; Ctrl-C ends it.

    Edits go into the scene's folder, where relens edit undo takes them back.

    Try:
      relens view me.relens
      relens view portrait.heic -o me.relens
      relens view me.relens --port 8080 --no-open
    """

    source: Annotated[Positional[Path], arg(metavar="SCENE|PHOTO")]
    """The folder that `relens lift` made, or a photo, which is lifted first."""
    output: Annotated[
        Path | None, arg(aliases=["-o"], metavar="SCENE", help_behavior_hint="(default: SCENE; a photo's are not kept)")
    ] = None
    """The scene folder that edits are kept in."""
    host: Annotated[str, arg(metavar="ADDRESS")] = "127.0.0.1"
    """Where to listen; with another than this machine's own, such as 0.0.0.0, others on the network can look."""
    port: Annotated[int, arg(metavar="N")] = 0
    """Which port to listen on; 0 takes one that is free."""
    no_open: bool = False
    """Print the address without opening the browser."""
    depth_from: Annotated[PhotoOptions, OmitArgPrefixes] = field(default_factory=PhotoOptions)
    reach_m: Annotated[float, arg(metavar="M")] = 0.07
    """For a photo: how far to the side you will look behind things."""

    def run(self) -> None:
        """Print the address, and serve until Ctrl-C."""
        from relens.cli.progress_bar import progress_bar
        from relens.serve.address import listen
        from relens.serve.opening import Opening
        from relens.serve.page_files import page_files
        from relens.viewer.built_page import built_page
        from relens.viewer.first_look import kept_look

        self._check()
        page = page_files(built_page())
        address = listen(self.host, self.port)
        # First of all, since nothing that takes long comes before: the browser starts while the rest is imported.
        print(address.url, flush=True)
        if not address.is_private:
            _say(f"others on the network can look at {self.source.name}, and change it with the address above")
        if not self.no_open:
            _open_browser(address)
        # From before the scene is read and of what is read, so that the look and the scene are of one state.
        state = self._state()
        look = None if state is None or self._folder() != self.source else kept_look(self.source, state.text)
        with progress_bar(self.source.is_dir()) as bar:
            opening = Opening(lambda progress: self._load(_both(progress, bar), state), _say, look)
            from relens.serve.server import serve

            serve(address, page, opening)
        print("stopped")

    def _check(self) -> None:
        """What can be seen at once."""
        from importlib.util import find_spec

        for package in ("starlette", "uvicorn"):
            if find_spec(package) is None:
                raise MissingPackageError(package, "the viewer", "pip install 'relens[view]'")
        if not self.source.exists():
            raise FileError(self.source, "no such file; expected a scene's folder or a photo")
        if self.source.is_dir():
            self.depth_from.refuse("none: a scene folder has its own; lift the photo again")

    def _folder(self) -> Path | None:
        """Where edits are kept."""
        return self.output or (self.source if self.source.is_dir() else None)

    def _state(self) -> "FolderState | None":
        """Of the folder that edits are kept in."""
        from relens.serve.folder_state import folder_state

        folder = self._folder()
        return None if folder is None else folder_state(folder)

    def _load(self, progress: Progress, state: "FolderState | None") -> "Loaded":
        from relens.cli.output import require_scene_path
        from relens.edit.history import History
        from relens.edit.history_file import load_history
        from relens.serve.desk import desk_of
        from relens.serve.document import Home
        from relens.serve.session import Loaded

        folder = self._folder()
        home = None
        if folder is not None and state is not None:
            require_scene_path(folder)
            home = Home(folder, state, is_new=folder != self.source)
        if self.source.is_dir():
            progress("load scene", 0.0)
            history = load_history(self.source)
        else:
            history = History(self._lifted(progress))
        desk = None if folder is None else desk_of(folder)
        return Loaded(self.source.resolve().name, history, home, desk)

    def _lifted(self, progress: Progress) -> "Scene":
        from relens.capture import is_model
        from relens.cli.lift_photo import lift_photo
        from relens.depth import find_depth

        if is_model(self.source):
            model = f"relens lift {self.source} -o scene.relens"
            raise FileError(self.source, f"is a model; make it a scene first: {model}")
        self.depth_from.check()
        progress("read photo", 0.0)
        photo = self.depth_from.read(self.source)
        depth = find_depth(photo, self.depth_from.request(), progress)
        scene, notes = lift_photo(photo, depth, self.depth_from, self.reach_m, progress)
        for note in notes:
            _say(note)
        if self.output is None:
            _say("edits are gone when this ends; -o SCENE keeps them")
        return scene


def _both(one: Progress, other: Progress) -> Progress:
    def tell(stage: str, fraction: float) -> None:
        one(stage, fraction)
        other(stage, fraction)

    return tell


def _open_browser(address: "Address") -> None:
    """In a thread: some browsers return when they are closed."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address.url,), daemon=True).start()


def _say(line: str) -> None:
    print(f"relens: note: {line}", file=sys.stderr, flush=True)
