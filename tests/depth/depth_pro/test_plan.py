import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tiny_depth_pro import tiny_settings  # noqa: E402
from transformers import DepthProConfig, DepthProForDepthEstimation  # noqa: E402

import relens.depth.depth_pro.plan as plan_module  # noqa: E402
from relens.depth.depth_pro.anatomy import anatomy  # noqa: E402
from relens.depth.depth_pro.load import blueprint  # noqa: E402
from relens.depth.depth_pro.plan import Plan, duration, plan_run  # noqa: E402
from relens.depth.depth_pro.precision import CHOICE, quickest  # noqa: E402
from relens.errors import RelensError  # noqa: E402


@pytest.fixture(scope="module")
def published():
    return anatomy(blueprint())


def test_the_published_network_by_the_numbers(published) -> None:
    assert published.side_px == 1536
    assert published.patch_layers == (25 + 9 + 1 + 1 + 1) * 24
    assert published.encoder_weights + published.decoder_weights == 951_991_330
    assert published.decoder_pixels == 48**2 + 96**2 + 192**2 + 384**2 + 768**2
    # The final level by hand: four 3x3 convolutions, a 1x1, and the head, on 768 x 768 pixels of 256 channels.
    final = 2 * 768**2 * (256**2 * (4 * 9 + 1 + 4.5 + 1) + 4 * 128 * 32 * 9 + 4 * 32)
    assert final < published.decoder_flops < 1.6 * final


def _plan(published, **changes) -> Plan:
    return Plan(**{
        "device": "cpu",
        "precision": "float32",
        "anatomy": published,
        "layer_s": {"float32": 0.1, "float16": 0.4, "bfloat16": 0.05},
        "encoders_s": 88.8,
        "decoder_s": 30.0,
    } | changes)  # fmt: skip


def test_a_plan_in_words(published) -> None:
    assert _plan(published).seconds == pytest.approx(118.8)
    assert _plan(published).text == (
        "float32 on the CPU, about 2.0 min (measured: a layer takes float32 100 ms, float16 400 ms, bfloat16 50 ms)"
    )
    assert [duration(s) for s in (0.14, 12.3, 75.0, 260.0)] == [
        "about 140 ms",
        "about 12 s",
        "about 75 s",
        "about 4.3 min",
    ]


def test_memory_follows_the_precision(published) -> None:
    plan = _plan(published)
    sizes = [plan.memory_bytes(precision) for precision in ("float32", "bfloat16", "int8")]
    assert 5e9 < sizes[0] < 6e9
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < 3e9


@given(st.fixed_dictionaries({precision: st.floats(1e-3, 10) for precision in CHOICE}))
def test_precision_is_chosen_by_time_and_never_for_little(seconds) -> None:
    chosen = quickest(seconds)
    assert chosen == "float32" or seconds[chosen] * 1.3 < seconds["float32"]
    assert all(seconds[chosen] <= 1.3**2 * other for other in seconds.values())


def test_a_processor_without_the_instructions_stays_in_float32() -> None:
    assert quickest({"float32": 0.2, "float16": 1.6, "bfloat16": 1.5}) == "float32"
    assert quickest({"float32": 0.1, "float16": 0.4, "bfloat16": 0.05}) == "bfloat16"
    assert quickest({"float32": 8.0, "float16": 1.0, "bfloat16": 0.95}) == "float16"


def test_a_gpu_that_is_not_there_is_an_error(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with torch.device("meta"), pytest.raises(RelensError, match="device=cuda: torch sees no GPU here"):
        plan_run(torch.nn.Identity(), "cuda")


def test_a_format_that_torch_cannot_compute_in_is_passed_over_unless_it_was_asked_for(monkeypatch) -> None:
    measure = plan_module.seconds_of

    def refuse_half(call, wait, hopeless_s=float("inf")):
        if call.args and call.args[0].dtype is torch.float16:
            raise RuntimeError('"addmm_impl_cpu_" not implemented for Half')
        return measure(call, wait, hopeless_s)

    monkeypatch.setattr(plan_module, "seconds_of", refuse_half)
    with torch.device("meta"):
        model = DepthProForDepthEstimation(DepthProConfig(**tiny_settings()))
    assert set(plan_run(model, "cpu").layer_s) == {"float32", "bfloat16"}
    with pytest.raises(
        RelensError, match=r"precision=float16: torch cannot compute in it here \(.+Half\); use another"
    ):
        plan_run(model, "cpu", "float16")
