"""The lean forward against the port's own."""

from itertools import pairwise

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tiny_depth_pro import SIDE_PX, photo_of, saved, tiny_model  # noqa: E402

from relens.depth.depth_pro.decoder import decode  # noqa: E402
from relens.depth.depth_pro.forward import predict  # noqa: E402
from relens.depth.depth_pro.input import network_input  # noqa: E402
from relens.depth.depth_pro.load import blueprint, load_network  # noqa: E402
from relens.depth.depth_pro.plan import plan_run  # noqa: E402
from relens.progress import silent  # noqa: E402

_NO_FOV = {"use_fov_model": False}
# The last projection is a convolution where the widths differ, none where they are equal, as published.
_PROJECTED = {"intermediate_feature_dims": [16, 8]}
_ONE_HOOK = {"intermediate_hook_ids": [2], "intermediate_feature_dims": [16]}


@pytest.mark.parametrize(
    "changes", [{}, _NO_FOV, _PROJECTED, _ONE_HOOK], ids=["all", "no fov", "projected", "one hook"]
)
def test_equals_the_ports_own_forward(tmp_path, changes) -> None:
    model = tiny_model(**changes)
    square = network_input(photo_of().linear, SIDE_PX)
    with torch.inference_mode():
        expected = model(torch.from_numpy(square)[None])
    folder = saved(model, tmp_path)
    got = predict(load_network(folder, plan_run(blueprint(folder), "cpu", "float32")), square, silent, "")
    assert expected.predicted_depth.std() > 0.1
    np.testing.assert_allclose(got.canonical_inverse_depth, expected.predicted_depth[0].numpy(), atol=1e-5)
    if expected.field_of_view is None:
        assert got.horizontal_fov_rad is None
    else:
        assert np.degrees(got.horizontal_fov_rad) == pytest.approx(float(expected.field_of_view), abs=1e-4)


@pytest.mark.parametrize("strip_rows", [1, 3, 5, 16])
@pytest.mark.parametrize("changes", [{}, _PROJECTED, _ONE_HOOK], ids=["all", "projected", "one hook"])
def test_strips_of_the_decoder_leave_no_seams(strip_rows, changes) -> None:
    model = tiny_model(**changes)
    pixels = torch.from_numpy(network_input(photo_of().linear, SIDE_PX))[None]
    with torch.inference_mode():
        expected = model(pixels).predicted_depth
        features = list(model.depth_pro.encoder(pixels).features)
        got, _ = decode(model, features, strip_rows)
    assert features == []
    np.testing.assert_allclose(got.numpy(), expected.numpy(), atol=1e-5)


@pytest.mark.parametrize(("precision", "most"), [("bfloat16", 0.1), ("float16", 0.01), ("int8", 0.1)])
def test_coarser_numbers_change_the_answer_a_little(tmp_path, precision, most) -> None:
    folder = saved(tiny_model(), tmp_path)
    square = network_input(photo_of().linear, SIDE_PX)
    exact, coarse = (
        predict(load_network(folder, plan_run(blueprint(folder), "cpu", kind)), square, silent, "")
        for kind in ("float32", precision)
    )
    difference = np.abs(coarse.canonical_inverse_depth - exact.canonical_inverse_depth)
    assert 0 < difference.mean() < most * exact.canonical_inverse_depth.std()
    assert coarse.canonical_inverse_depth.dtype == np.float32


class _Stopped(Exception):
    pass


def test_progress_rises_with_every_patch_of_every_layer_and_may_interrupt(tmp_path) -> None:
    folder = saved(tiny_model(), tmp_path)
    network = load_network(folder, plan_run(blueprint(folder), "cpu", "float32"))
    square = network_input(photo_of().linear, SIDE_PX)
    heard = []
    expected = predict(network, square, lambda stage, fraction: heard.append((stage, fraction)), "Depth Pro")
    fractions = [fraction for _, fraction in heard]
    assert {stage for stage, _ in heard} == {"Depth Pro"}
    assert len(heard) >= 4 * 37
    assert fractions[0] == 0.0
    assert fractions[-1] == pytest.approx(1.0)
    assert all(before <= after <= 1 for before, after in pairwise(fractions))

    calls = iter(range(20))

    def stop(stage: str, fraction: float) -> None:
        if next(calls) == 10:
            raise _Stopped

    with pytest.raises(_Stopped):
        predict(network, square, stop, "")
    again = predict(network, square, silent, "")
    np.testing.assert_array_equal(again.canonical_inverse_depth, expected.canonical_inverse_depth)
