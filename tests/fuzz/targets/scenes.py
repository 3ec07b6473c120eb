"""Scene folders with their edits, and pages that come back from an editor."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.mutate.containers import change_zip
from fuzz.target import Target
from fuzz.targets.parts import Files, files_in, folder_target
from small_scene import unsure_scene

from relens.edit import Expose, History, Paint, Where, load_history, save_history
from relens.edit.pages_in import import_pages
from relens.edit.pages_out import export_pages
from relens.edit.patch_file import read_patches
from relens.scene_folder import load_scene, save_scene


@cache
def _history() -> History:
    return History(unsure_scene()).do(Paint("#c04020", where=Where(layer="back"))).do(Expose(1.0)).undo()


def _scene_files() -> Files:
    with TemporaryDirectory() as folder:
        save_scene(unsure_scene(), Path(folder, "a.relens"))
        return files_in(Path(folder, "a.relens"))


def _history_files() -> Files:
    with TemporaryDirectory() as folder:
        save_history(_history(), Path(folder, "a.relens"))
        return files_in(Path(folder, "a.relens"))


def _page_files() -> Files:
    with TemporaryDirectory() as folder:
        export_pages(_history().scene, Path(folder, "pages"))
        return files_in(Path(folder, "pages"))


def _read_history(folder: Path) -> None:
    history = load_history(folder)
    while history.undone:
        history = history.redo()
    while history.done:
        history = history.undo()


def _read_patches(data: bytes, folder: Path) -> None:
    read_patches(data, folder / "1.npz", _history().scene)


def _patches() -> list[bytes]:
    return [data for name, data in _history_files().items() if name.endswith(".npz")]


def _read_pages(folder: Path) -> None:
    import_pages(_history().scene, folder)


def _read_raster(folder: Path) -> None:
    import_pages(_history().scene, folder / "pages.ora")


TARGETS = (
    folder_target("scene", _scene_files, load_scene),
    folder_target("edits", _history_files, _read_history),
    Target("edit-patches", _read_patches, _patches, change_zip),
    folder_target("pages", _page_files, _read_pages),
    folder_target("open-raster", lambda: _only(_page_files(), "pages.ora", "pages.json"), _read_raster),
)


def _only(files: Files, *names: str) -> Files:
    return {name: files[name] for name in names}
