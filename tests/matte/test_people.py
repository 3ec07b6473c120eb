"""People: one mask each, the subject's first."""

from functools import cache

import cv2
import numpy as np
import pytest
from portraits import astronaut, nobody, phone_portrait, picture

pytest.importorskip("ai_edge_litert", reason="finding people needs ai-edge-litert")

from relens.matte.people import divided, find_people

HEIGHT_PX = 480


@cache
def side_by_side(order):
    """Both portraits in one picture; where the second begins."""
    people = {"astronaut": astronaut(), "phone": phone_portrait()}
    parts = [
        cv2.resize(people[name].linear, (round(people[name].width_px * HEIGHT_PX / people[name].height_px), HEIGHT_PX))
        for name in order
    ]
    return picture(np.hstack(parts), 700.0), parts[0].shape[1]


@pytest.mark.parametrize("order", [("astronaut", "phone"), ("phone", "astronaut")])
@pytest.mark.parametrize(("step", "own"), [(None, 0.9), (0.6, 0.97)])
def test_two_people_get_a_mask_each(order, step, own):
    photo, seam_px = side_by_side(order)
    columns = np.arange(photo.width_px)
    inverse = None if step is None else np.where(columns < seam_px, np.float32(1), np.float32(step))
    people = find_people(photo, None if inverse is None else np.repeat(inverse[None], HEIGHT_PX, axis=0))
    assert people is not None and people.faces == len(people.masks) == 2
    height, width = people.masks[0].shape
    assert max(height, width) <= 512 and width / height == pytest.approx(photo.width_px / photo.height_px, rel=0.01)
    assert not ((people.masks[0] > 0) & (people.masks[1] > 0)).any()
    column = np.arange(width) / width * photo.width_px
    sides = [bool(mask.sum(axis=0) @ (column < seam_px) > mask.sum() / 2) for mask in people.masks]
    assert sorted(sides) == [False, True]
    for mask, left in zip(people.masks, sides, strict=True):
        assert mask[:, (column < seam_px) == left].sum() > own * mask.sum()
        assert mask.mean() > 0.1
    # The portrait's face is the larger by far.
    assert sides[0] == (order[0] == "phone")


def test_one_person_is_who_the_phone_saw():
    photo = phone_portrait()
    people = find_people(photo, photo.embedded_depth.inverse_depth)
    assert people is not None and len(people.masks) == 1
    mask = people.masks[0] > 0.5
    phone = cv2.resize(photo.mattes["portrait"], mask.shape[::-1], interpolation=cv2.INTER_AREA) > 0.5
    assert (mask & phone).sum() / (mask | phone).sum() > 0.97


def test_nobody_is_none():
    assert find_people(nobody()) is None


def test_depth_divides_what_touches():
    # One blob of two people; depth steps off the middle between their faces.
    shape = 60, 100
    mask = np.zeros(shape, np.float32)
    mask[10:, 10:90] = 1
    seeds = [np.zeros(shape, bool), np.zeros(shape, bool)]
    seeds[0][20:30, 20:30], seeds[1][20:30, 70:80] = True, True
    across, down = np.full((60, 99), np.float32(0.002)), np.full((59, 100), np.float32(0.002))
    plain = divided(mask, seeds, 10.0, across, down)
    assert abs((plain[40] == 0).sum() - 50) <= 1
    across[:, 64] = 36
    walled = divided(mask, seeds, 10.0, across, down)
    assert (walled[:, :65] == 0).all() and (walled[:, 65:] == 1).all()
