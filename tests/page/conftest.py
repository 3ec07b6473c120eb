"""A built page in a browser, on a server of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from page_browser import Tab, browser, chromium
from page_scenes import portrait_scene, sitter_scene
from view_server import Running, opened

from relens.errors import RelensError
from relens.scene import Scene
from relens.viewer.built_page import built_page


@pytest.fixture(scope="session")
def page_folder() -> Path:
    """The page that `make viewer` has built."""
    try:
        return built_page()
    except RelensError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def chrome() -> Iterator[Any]:
    """One browser for all tests."""
    pytest.importorskip("playwright", reason="the page's tests drive a browser: pip install playwright")
    if chromium() is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    with browser() as launched:
        yield launched


@pytest.fixture
def tab(chrome: Any, page_folder: Path) -> Iterator[Callable[..., Tab]]:
    """Opens tabs, each with its own storage: tab(width, height, **options of the browser's context)."""
    contexts = []

    def open_tab(width: int = 960, height: int = 640, **options: Any) -> Tab:
        context = chrome.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        return Tab(context.new_page())

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture
def served(page_folder: Path, tmp_path: Path) -> Iterator[Callable[[Scene], Running]]:
    """Serves a scene from a folder of its own: served(scene) -> Running; .address.url opens it, allowed to write."""
    running: list[Running] = []

    def serve(scene: Scene) -> Running:
        folder = tmp_path / f"scene{len(running)}.relens"
        scene.save(folder)
        running.append(Running(opened(folder), page_folder).__enter__())
        return running[-1]

    yield serve
    for each in running:
        each.__exit__(None, None, None)


@pytest.fixture
def sitter(served: Callable[[Scene], Running]) -> Running:
    """The sitter before a wall."""
    return served(sitter_scene())


@pytest.fixture
def portrait(served: Callable[[Scene], Running]) -> Running:
    """The sample portrait."""
    return served(portrait_scene())
