"""The f-number goes evenly in stops, and the exposure stays."""

import numpy as np
import pytest
from move_scenes import HEAD_M, head_scene

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.path.moves.aperture_sweep import ApertureSweep
from relens.path.shots import shots

SCENE, LENS = head_scene(), Lens(50, 2)


def test_it_goes_from_the_lenss_own_to_what_is_said_halfway_in_stops():
    frames = shots(ApertureSweep(2, hold_s=0)(SCENE, LENS), SCENE, lens=LENS, fps=24)
    f_numbers = np.array([frames[i].lens.f_number for i in range(len(frames))])
    assert f_numbers[[0, 24, -1]] == pytest.approx([2, np.sqrt(2 * 16), 16])
    steps = np.diff(np.log2(f_numbers))
    assert (steps > 0).all() and max(steps[0], steps[-1]) < 0.1 * steps.max()
    np.testing.assert_allclose(1 / frames.focus_inverse_m, HEAD_M, rtol=1e-6)
    np.testing.assert_array_equal(frames.exposure_ev, 0)


def test_a_t_stop_goes_along():
    lens = Lens(50, 2, t_stop=2.2)
    frames = shots(ApertureSweep()(SCENE, lens), SCENE, lens=lens)
    light = [frames[i].lens.transmittance for i in (0, len(frames) // 2, len(frames) - 1)]
    assert light == pytest.approx([lens.transmittance] * 3)


def test_it_opens_up_as_well():
    frames = shots(ApertureSweep(1, 8, None, "inf")(SCENE, LENS), SCENE, lens=LENS)
    assert [frames[0].lens.f_number, frames[len(frames) - 1].lens.f_number] == pytest.approx([8, 2])
    assert frames.focus_inverse_m[0] == 0


@pytest.mark.parametrize("values", [{"seconds": 0}, {"f_from": 0.1}, {"f_to": 500}, {"focus": "?"}, {"hold_s": -1}])
def test_values_out_of_range_are_told_at_once(values):
    with pytest.raises(ValueRangeError, match=f"^{next(iter(values))}="):
        ApertureSweep(**values)
