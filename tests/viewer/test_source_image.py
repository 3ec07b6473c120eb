"""The source photo at a level's size."""

import io
from dataclasses import replace

import numpy as np
import pytest
from layer_scenes import HEIGHT_PX, WIDTH_PX
from move_scenes import head_scene
from PIL import Image
from two_colours import two_colours

from relens.errors import FileError
from relens.photo.photo import SourceFile
from relens.viewer import levels as levels_module
from relens.viewer.levels import Levels
from relens.viewer.source_image import source_webp


@pytest.mark.parametrize(("orientation", "turned"), [(1, False), (3, True)])
def test_it_is_upright_and_of_the_levels_size(monkeypatch, orientation, turned):
    monkeypatch.setattr(levels_module, "_SMALL_PX", 1000)
    scene = replace(head_scene(), source=SourceFile("me.jpg", two_colours(orientation, turned)))
    levels = Levels(scene)
    for level, size in ((0, (WIDTH_PX, HEIGHT_PX)), (1, (WIDTH_PX // 2, HEIGHT_PX // 2))):
        picture = Image.open(io.BytesIO(source_webp(levels, level)))
        assert (picture.format, picture.size) == ("WEBP", size)
        left, right = (np.asarray(picture)[size[1] // 2, size[0] * part // 4] for part in (1, 3))
        np.testing.assert_allclose(left, (200, 0, 0), atol=4)
        np.testing.assert_allclose(right, (0, 0, 100), atol=4)


def test_a_damaged_photo_is_named_as_the_scene_has_it():
    scene = replace(head_scene(), source=SourceFile("me.jpg", b"nothing"))
    with pytest.raises(FileError, match=r"^me\.jpg: is not an image"):
        source_webp(Levels(scene), 0)


def test_a_scene_without_a_photo():
    with pytest.raises(FileError, match="holds no photo"):
        source_webp(Levels(head_scene()), 0)
