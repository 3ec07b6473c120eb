"""A scene whose files are too short for the pages that it announces is refused before any page is read."""

import pytest
from small_scene import set_json, small_scene

from relens.errors import FileError
from relens.scene_folder import load_scene, save_scene


def test_pages_beyond_the_files(tmp_path):
    save_scene(small_scene(), tmp_path / "a.relens")
    set_json(tmp_path / "a.relens", "camera", "width_px", value=12000)
    set_json(tmp_path / "a.relens", "camera", "height_px", value=12000)
    with pytest.raises(FileError, match=r"scene\.json: announces 2 pages of 12002 x 12002 pixels, but its files have"):
        load_scene(tmp_path / "a.relens")
    # Larger than the files, but not more than any scene may be: now the pages themselves are looked at.
    set_json(tmp_path / "a.relens", "camera", "width_px", value=1000)
    set_json(tmp_path / "a.relens", "camera", "height_px", value=1000)
    with pytest.raises(FileError, match=r"9 x 6 pixels; expected 1002 x 1002"):
        load_scene(tmp_path / "a.relens")
