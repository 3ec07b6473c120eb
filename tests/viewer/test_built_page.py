"""The built page is found, or how to build it is said."""

import pytest

from relens.errors import RelensError
from relens.viewer import built_page as module
from relens.viewer.built_page import built_page


def test_the_first_folder_with_a_page(tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "index.html").write_text("<html>")
    monkeypatch.setattr(module, "_FOLDERS", (tmp_path / "a", tmp_path / "b"))
    assert built_page() == tmp_path / "b"


def test_without_one_it_says_how_to_build(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_FOLDERS", (tmp_path,))
    with pytest.raises(RelensError, match="make viewer"):
        built_page()
