from hypothesis import given
from hypothesis import strategies as st
from view_server import PAGE_PX, small_portrait

from relens.serve.changes import Changes, Revision, whole
from relens.viewer.pack import Changed

SCENE = small_portrait()


@st.composite
def windows(draw: st.DrawFn) -> Changed:
    spans = []
    for side in (PAGE_PX[1], PAGE_PX[0]):
        start = draw(st.integers(0, side - 1))
        spans.append(slice(start, draw(st.integers(start + 1, side))))
    return Changed(draw(st.sampled_from(["subject", "wall"])), (spans[0], spans[1]), draw(st.booleans()))


@given(st.lists(st.lists(windows(), max_size=2).map(tuple), max_size=12), st.data())
def test_one_window_a_layer_is_around_all_that_changed_since(revisions: list[tuple[Changed, ...]], data) -> None:
    changes = Changes()
    for number, changed in enumerate(revisions, 1):
        changes.add(Revision(number, changed))
    since = data.draw(st.integers(0, len(revisions)))
    found = {changed.layer: changed for changed in changes.since(since, SCENE)}
    expected = [changed for revision in revisions[since:] for changed in revision]
    assert set(found) == {changed.layer for changed in expected}
    for layer, around in found.items():
        mine = [changed for changed in expected if changed.layer == layer]
        for axis in range(2):
            assert around.window[axis].start == min(changed.window[axis].start for changed in mine)
            assert around.window[axis].stop == max(changed.window[axis].stop for changed in mine)
        assert around.depth == any(changed.depth for changed in mine)


def test_of_more_than_a_hundred_revisions_the_oldest_are_forgotten() -> None:
    changes, window = Changes(), (slice(0, 1), slice(0, 1))
    for number in range(1, 151):
        changes.add(Revision(number, (Changed("wall", window),)))
    assert changes.since(50, SCENE) == (Changed("wall", window),)
    everything = tuple(Changed(layer.name, whole(SCENE), True) for layer in SCENE.layers)
    assert changes.since(49, SCENE) == everything == changes.since(151, SCENE)
    assert changes.since(150, SCENE) == ()
