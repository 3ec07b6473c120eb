"""The back-end depth-pro from its weights to a Depth."""

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from tiny_depth_pro import photo_of, saved, tiny_model

from relens.depth import find_depth
from relens.depth.backend import Backend
from relens.depth.depth_pro import DepthPro
from relens.errors import FileError, RelensError


@pytest.fixture
def folder(tmp_path):
    return saved(tiny_model(), tmp_path)


def test_a_photo_gets_depth_with_everything_to_know_about_it(folder) -> None:
    backend = DepthPro(folder, device="cpu")
    assert isinstance(backend, Backend)
    assert (backend.name, backend.repeatable) == ("depth-pro", True)
    assert "research" in backend.licence
    assert backend.readiness().usable
    assert str(folder) in backend.readiness().why
    stages: list[str] = []
    photo = photo_of()
    depth = backend.estimate(photo, lambda stage, fraction: stages.append(stage))
    assert depth.inverse_depth.shape == (256, 384)
    assert depth.source == "Depth Pro"
    assert depth.licence == backend.licence
    assert depth.edge_width_px is not None
    assert depth.intrinsics is not None
    assert depth.intrinsics.source == "network"
    assert depth.notes[0].startswith("Depth Pro in ")
    assert "on the CPU, about " in depth.notes[0]
    # How long it takes is said before it starts.
    assert stages[0] == "reading Depth Pro"
    assert stages[1].startswith("Depth Pro, about ")
    assert find_depth(photo, depth) is not None


def test_the_network_is_read_once(folder, monkeypatch) -> None:
    backend = DepthPro(folder, "cpu", "float32")
    first = backend.estimate(photo_of())
    for file in folder.iterdir():
        file.unlink()
    np.testing.assert_array_equal(backend.estimate(photo_of()).inverse_depth, first.inverse_depth)


def test_a_longer_lens_sees_further(folder) -> None:
    backend = DepthPro(folder, "cpu", "float32")
    near, far = (backend.estimate(photo_of(source="user", fx_px=fx_px)) for fx_px in (100.0, 200.0))
    np.testing.assert_allclose(near.inverse_depth, 2 * far.inverse_depth, rtol=1e-4, atol=3e-4)
    assert near.intrinsics is None


def test_without_weights_and_network_the_ways_on_are_named(monkeypatch) -> None:
    def unreachable(name, progress):
        raise RelensError("the hub cannot be reached (no route to host)")

    monkeypatch.setattr("relens.depth.depth_pro.find.fetch", unreachable)
    monkeypatch.setattr("relens.depth.depth_pro.find.can_fetch", lambda name: (False, "no network"))
    backend = DepthPro()
    state = backend.readiness()
    assert (state.usable, state.fetchable) == (False, False)
    assert "no network" in state.why
    with pytest.raises(RelensError, match="could not be fetched") as caught:
        backend.estimate(photo_of())
    for way in ("relens models fetch depth-pro", "--weights DIR", "--depth FILE", "--backend portrait", "no route"):
        assert way in str(caught.value)


def test_weights_are_fetched_where_there_are_none_and_the_network_is_left_alone_where_there_are(
    folder, monkeypatch
) -> None:
    asked: list[str] = []

    def fetched(name, progress):
        asked.append(name)
        return folder

    monkeypatch.setattr("relens.depth.depth_pro.find.fetch", fetched)
    monkeypatch.setattr("relens.depth.depth_pro.find.can_fetch", lambda name: (True, "2 GB from the hub"))
    backend = DepthPro(None, "cpu", "float32")
    assert backend.readiness().fetchable
    assert asked == []
    backend.estimate(photo_of())
    assert asked == ["depth-pro"]
    monkeypatch.setattr("relens.depth.depth_pro.find.local_files", lambda name: folder if name == "depth-pro" else None)
    backend = DepthPro(None, "cpu", "float32")
    assert backend.readiness().usable
    backend.estimate(photo_of())
    assert asked == ["depth-pro"]


def test_a_folder_without_weights_is_named_and_nothing_is_fetched(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("relens.depth.depth_pro.find.fetch", lambda *_: pytest.fail("fetched"))
    backend = DepthPro(tmp_path)
    assert not backend.readiness().usable
    assert str(tmp_path) in backend.readiness().why
    with pytest.raises(FileError, match="is a folder without the weights of Depth Pro"):
        backend.estimate(photo_of())


def test_missing_packages_are_named(monkeypatch) -> None:
    monkeypatch.setattr("relens.depth.depth_pro.transformers_way.find_spec", lambda name: None)
    assert DepthPro().readiness().why == "needs torch and transformers and safetensors: pip install 'relens[depth-pro]'"
