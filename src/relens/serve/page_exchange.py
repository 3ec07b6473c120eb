"""Pages out to an editor and back, one at a time, as `relens edit export` and `import` do."""

import shutil
import struct
import tempfile
import threading
from functools import cached_property
from pathlib import Path

from relens.canonical import Pages
from relens.edit.pages_in import import_pages
from relens.edit.pages_out import export_pages
from relens.errors import FileError, RelensError
from relens.photo.png_chunks import SIGNATURE
from relens.scene import Scene
from relens.scene_folder.page import page_bytes_limit
from relens.serve.refusal import Refusal

HEADER_BYTES = 33


class PageExchange:
    """Exports of a scene's pages, made when they are asked for. Threads share it."""

    def __init__(self) -> None:
        self._exporting = threading.Lock()
        self._exported: tuple[Scene, dict[str, Path]] | None = None

    def export(self, scene: Scene, name: str) -> bytes:
        """The file of a page: 16-bit sRGB PNG, straight alpha. Raises Refusal (404) for an unknown name."""
        require_page(scene, name)
        with self._exporting:
            return self._export(scene)[name].read_bytes()

    def take_in(self, scene: Scene, name: str, png: Path) -> Scene:
        """The scene with a page that an editor has saved; what it left alone keeps its bits.

        Raises RelensError for what is no page of this scene, as `relens.edit.import_pages` does.
        """
        require_page(scene, name)
        with self._exporting, tempfile.TemporaryDirectory(prefix="pages-", dir=self.folder) as folder:
            exported = self._export(scene)
            for file in exported[name].parent.iterdir():
                if file != exported[name]:
                    Path(folder, file.name).hardlink_to(file)
            shutil.copyfile(png, Path(folder, exported[name].name))
            try:
                return import_pages(scene, folder)[0]
            except FileError as error:
                raise RelensError(str(error).replace(f"{folder}/", "")) from error

    def close(self) -> None:
        """Remove all."""
        if "folder" in vars(self):
            shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def folder(self) -> Path:
        """Around all exports; made for the first."""
        return Path(tempfile.mkdtemp(prefix="relens-view-"))

    def _export(self, scene: Scene) -> dict[str, Path]:
        if self._exported is None or self._exported[0] is not scene:
            self._exported = None
            files = export_pages(scene, self.folder / "pages")
            self._exported = scene, {file.stem: file for file in files if file.suffix == ".png"}
        return self._exported[1]


def require_page(scene: Scene, name: str) -> None:
    """Raise Refusal (404) for a name that is no page's: photo, and layers front to back."""
    names = list(Pages(scene))
    if name not in names:
        raise Refusal(404, f"no page {ascii(name)[:80]}; there are {', '.join(names)}")


def upload_limit(scene: Scene) -> int:
    """The most bytes that a page's file can have."""
    height_px, width_px = scene.layers[0].inverse_depth.shape
    return page_bytes_limit(width_px, height_px)


def require_header(header: bytes, scene: Scene) -> None:
    """Look at the first bytes of a page: a small file that would unpack to a huge picture comes no further.

    Raises Refusal for what is no PNG, or of another size than the scene's pages.
    """
    height_px, width_px = scene.layers[0].inverse_depth.shape
    if len(header) < HEADER_BYTES or not header.startswith(SIGNATURE):
        raise Refusal(400, "the page is no PNG; export it as a 16-bit RGB PNG with alpha")
    kind, *size_px = struct.unpack_from(">4sII", header, len(SIGNATURE) + 4)
    if kind != b"IHDR" or size_px != [width_px, height_px]:
        found = f"{size_px[0]} x {size_px[1]} pixels" if kind == b"IHDR" else "no PNG as it should be"
        raise Refusal(400, f"the page is {found}; expected {width_px} x {height_px}, as it was exported")
