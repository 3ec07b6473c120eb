"""The portrait prior on whole photos; what is true of faces alone is tested in tests/face."""

import cv2
import numpy as np
import pytest
from portraits import astronaut, nobody, phone_portrait, picture

from relens.depth.portrait import PortraitPrior
from relens.errors import RelensError, ValueRangeError

pytest.importorskip("ai_edge_litert", reason="the portrait prior needs ai-edge-litert: pip install 'relens[portrait]'")


def test_a_portrait_s_person_stands_before_the_wall() -> None:
    depth = PortraitPrior().estimate(astronaut())
    metres = 1 / depth.inverse_depth
    assert depth.inverse_depth.shape == (512, 512) and depth.valid.all() and not depth.sky.any()
    face, chest, wall = metres[110, 224], metres[330, 200], metres[20, 400]
    assert 0.8 < face < 1.05 and face < chest < face + 0.15
    assert wall == pytest.approx(metres.max()) and wall > face + 1.4
    assert any("face at" in note for note in depth.notes) and any("a guess" in note for note in depth.notes)


def test_the_nose_is_nearer_than_the_cheeks_and_these_than_the_ears() -> None:
    (points,) = [PortraitPrior().estimate(phone_portrait()).inverse_depth]
    rows, columns = np.array(points.shape) / (3088, 2316)
    nose, cheek, ear = (points[int(y * rows), int(x * columns)] for x, y in ((1110, 1550), (800, 1650), (1750, 1500)))
    assert nose > cheek > ear


def test_it_is_as_sure_as_it_can_be() -> None:
    depth = PortraitPrior().estimate(astronaut())
    assert depth.uncertainty is not None
    face, chest, wall = (depth.uncertainty[y, x] for y, x in ((110, 224), (330, 200), (20, 400)))
    assert 0.03 < face < 0.07 and face < chest < 0.3 and wall == np.float32(0.7)


@pytest.mark.parametrize("wall_m", [2.0, np.inf])
def test_the_wall_stands_where_the_user_says(wall_m: float) -> None:
    depth = PortraitPrior(background_m=wall_m).estimate(astronaut())
    assert depth.inverse_depth[20, 400] == np.float32(1 / wall_m)
    assert depth.uncertainty is not None and depth.uncertainty[20, 400] == np.float32(0.1)
    with pytest.raises(ValueRangeError, match=r"background_m=0\.5: expected more than the farthest face"):
        PortraitPrior(background_m=0.5).estimate(astronaut())


def test_each_person_has_a_distance() -> None:
    near = cv2.resize(phone_portrait().linear, (512, 683), interpolation=cv2.INTER_AREA)[85:597]
    depth = PortraitPrior().estimate(picture(np.concatenate([astronaut().linear, near], axis=1), 590))
    metres = 1 / depth.inverse_depth
    far_face, near_face = metres[110, 224], metres[260, 512 + 250]
    assert near_face < 0.6 * far_face
    # The helmet hangs together with the astronaut, however much larger the other face beside it is.
    assert metres[450, 420] > 0.8 * far_face
    assert sum("face at" in note for note in depth.notes) == 2


def test_what_the_phone_measured_is_not_used() -> None:
    from dataclasses import replace

    photo = phone_portrait()
    bare = replace(photo, embedded_depth=None, mattes={})
    one, other = PortraitPrior().estimate(photo), PortraitPrior().estimate(bare)
    np.testing.assert_array_equal(one.inverse_depth, other.inverse_depth)


def test_without_a_face_the_error_names_three_ways_on() -> None:
    with pytest.raises(RelensError) as caught:
        PortraitPrior().estimate(nobody())
    message = str(caught.value)
    for way in ("depth file", "relens models fetch depth-pro", "carries depth"):
        assert way in message


def test_progress_may_interrupt_it() -> None:
    def interrupt(stage: str, fraction: float) -> None:
        if stage == "build depth":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PortraitPrior().estimate(astronaut(), interrupt)
