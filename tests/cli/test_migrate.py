import shutil

import pytest
from golden_scenes import VERSIONS
from small_scene import files

from relens.scene_folder.migrate_folder import version_of


@pytest.fixture
def scenes(tmp_path):
    """Copies of a scene of version 1 and one of version 2."""
    sources = [VERSIONS / version / "plain" / "scene.relens" for version in ("1", "2")]
    return [shutil.copytree(source, tmp_path / f"{number}.relens") for number, source in enumerate(sources, 1)]


def test_it_says_for_each_scene_what_was_done(relens, scenes):
    old, new = scenes
    current = files(new)
    outcome = relens("migrate", old, new)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == f"{old}: version 1 is now version 2\n{new}: version 2, current\n"
    assert version_of(old) == 2 and files(new) == current
    assert relens("migrate", old).out == f"{old}: version 2, current\n"


def test_check_only_reports(relens, scenes):
    before = files(scenes[0])
    outcome = relens("migrate", "--check", *scenes)
    assert outcome.status == 0
    assert outcome.out == f"{scenes[0]}: version 1, would become version 2\n{scenes[1]}: version 2, current\n"
    assert files(scenes[0]) == before


def test_with_a_folder_that_is_no_scene_nothing_is_written(relens, scenes, tmp_path):
    before = files(scenes[0])
    relens("migrate", scenes[0], tmp_path).assert_refused(str(tmp_path), "holds no scene.json")
    assert files(scenes[0]) == before


def test_it_asks_for_a_scene(relens):
    relens("migrate").assert_refused("scenes: none given")
