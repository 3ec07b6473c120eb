"""Editing the canonical pages: selections, touch-ups, a history that undoes them, and pages for any editor."""

from relens.edit.background import Background
from relens.edit.change import Patch, changed
from relens.edit.clone import Clone
from relens.edit.decal import Decal
from relens.edit.edit import Edit
from relens.edit.expose import Expose
from relens.edit.extract import Extract
from relens.edit.heal import Heal
from relens.edit.history import History, Step
from relens.edit.history_file import load_history, same_photo, save_history
from relens.edit.page_patch import PagePatch
from relens.edit.pages_in import ImportReport, PageChange, import_pages
from relens.edit.pages_out import export_pages
from relens.edit.paint import Paint
from relens.edit.recolour import Recolour
from relens.edit.relight import Relight
from relens.edit.remove import Remove
from relens.edit.replay import Replayed, replay
from relens.edit.selection import Selection, Where, select
from relens.edit.smooth_skin import SmoothSkin
from relens.edit.stylise import Stylise, stylised
from relens.edit.text import Text

__all__ = [
    "Background",
    "Clone",
    "Decal",
    "Edit",
    "Expose",
    "Extract",
    "Heal",
    "History",
    "ImportReport",
    "PageChange",
    "PagePatch",
    "Paint",
    "Patch",
    "Recolour",
    "Relight",
    "Remove",
    "Replayed",
    "Selection",
    "SmoothSkin",
    "Step",
    "Stylise",
    "Text",
    "Where",
    "changed",
    "export_pages",
    "import_pages",
    "load_history",
    "replay",
    "same_photo",
    "save_history",
    "select",
    "stylised",
]
