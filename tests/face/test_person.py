import numpy as np
import pytest
from portraits import nobody, phone_portrait

from relens.face import person_mask

pytest.importorskip("ai_edge_litert", reason="the face networks need ai-edge-litert: pip install 'relens[portrait]'")


@pytest.mark.parametrize("name", ["iphone14-portrait", "iphone-xs-portrait"])
def test_it_agrees_with_the_phone_s_own_matte(name: str) -> None:
    import cv2

    photo = phone_portrait(name)
    mask = person_mask(photo, longest_px=512)
    matte = cv2.resize(photo.mattes["portrait"], mask.shape[::-1], interpolation=cv2.INTER_AREA)
    ours, phones = mask >= 0.5, matte >= 0.5
    assert (ours & phones).sum() / (ours | phones).sum() > 0.95


def test_it_has_the_aspect_of_the_photo_and_is_coverage() -> None:
    mask = person_mask(phone_portrait(), longest_px=300)
    assert mask.shape == (300, 225) and mask.min() >= 0 and mask.max() <= 1 and mask.dtype == np.float32


def test_small_photos_are_not_enlarged() -> None:
    assert person_mask(nobody(), longest_px=4000).shape == (240, 320)
