from pathlib import Path

import pytest
from view_server import Running, opened, page_folder, scene_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scene's folder: a disc before a wall."""
    return scene_folder(tmp_path / "me.relens")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A built page."""
    return page_folder(tmp_path / "dist")


@pytest.fixture
def served(folder: Path, page: Path):
    """A server of the scene."""
    with Running(opened(folder), page) as running:
        yield running
