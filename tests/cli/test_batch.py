import json
import os
import shutil
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from relens.cli.batch_loaded import LoadedOptions
from relens.cli.batch_run import workers_that_fit
from relens.depth import Depth
from relens.depth.backend import Readiness
from relens.farm.cluster import Cluster, Machine
from relens.photo import read_photo
from relens.scene_folder import load_scene

_QUICK = ("--samples", 2, "--fx-px", 60)


@pytest.fixture
def photos(photo: Path) -> Path:
    """A folder with three photos, one of them in a folder of its own, all of one scene."""
    folder = photo.parent
    photo.rename(folder / "a.png")
    (folder / "sub").mkdir()
    for name in ("b.png", "sub/a.png"):
        shutil.copy(folder / "a.png", folder / name)
    return folder


@pytest.fixture
def depth(depth: Path, tmp_path: Path) -> Path:
    return depth.rename(tmp_path / "depth.npz")


def _lines(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "batch.jsonl").read_text().splitlines()]


def _results(out: Path) -> dict[str, bytes]:
    """All files but the manifest; of scenes, their pages and depths."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "batch.jsonl"
    }


def test_every_photo_of_a_folder_gets_what_is_wanted(relens, photos: Path, depth: Path, out: Path) -> None:
    outcome = relens("batch", photos, "-o", out, "--do", "depth,lift,shoot", "--depth", depth, *_QUICK)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == f"{out}: 3 of 3 photos done\n"
    for name in ("a", "b", "sub/a"):
        assert read_photo(out / f"{name}.png").linear.shape == (36, 48, 3)
        assert len(load_scene(out / f"{name}.relens").layers) >= 2
        assert (out / f"{name}-depth.exr").exists()
    lines = _lines(out)
    assert [line["name"] for line in lines] == ["a", "b", "sub/a"]
    assert {line["status"] for line in lines} == {"done"}
    assert lines[2]["photo"] == str(photos / "sub" / "a.png")
    assert lines[2]["outputs"] == [str(out / f"sub/a{end}") for end in ("-depth.exr", ".relens", ".png")]
    assert list(lines[0]["seconds"]) == ["depth", "write depth", "lift", "shoot"]
    assert all(seconds >= 0 for seconds in lines[0]["seconds"].values())


def test_the_results_are_those_of_the_single_commands(relens, photos: Path, depth: Path, out: Path) -> None:
    words = ("--depth", depth, *_QUICK)
    assert relens("batch", photos / "a.png", "-o", out / "batch", "--quiet", *words).status == 0
    assert relens("lift", photos / "a.png", "-o", out / "a.relens", "--depth", depth, "--fx-px", 60).status == 0
    assert relens("shoot", out / "a.relens", "-o", out / "a.png", "--samples", 2).status == 0
    one, other = _results(out / "batch"), _results(out)
    assert {name for name in one if name.endswith(".exr")}
    for name, content in one.items():
        if name.startswith("a.relens"):
            assert content == other[name], name
    # The folder's pages are rounded to 16 bits.
    taken, again = (read_photo(folder / "a.png").linear for folder in (out / "batch", out))
    np.testing.assert_allclose(taken, again, atol=0.01)


@pytest.mark.parametrize(
    ("do", "ends"),
    [
        ("depth", ["-depth.exr"]),
        ("lift", [".relens"]),
        (" shoot ", [".png"]),
        ("shoot,depth", ["-depth.exr", ".png"]),
    ],
)
def test_only_what_is_wanted_is_kept(relens, photos: Path, depth: Path, out: Path, do: str, ends: list[str]) -> None:
    assert relens("batch", photos / "b.png", "-o", out, "--do", do, "--depth", depth, *_QUICK).status == 0
    assert sorted(path.name for path in out.iterdir()) == sorted(["batch.jsonl", *(f"b{end}" for end in ends)])


def test_a_broken_photo_stops_no_other_and_is_tried_again(relens, photos: Path, depth: Path, out: Path) -> None:
    whole = (photos / "b.png").read_bytes()
    (photos / "b.png").write_bytes(whole[:60])
    words = ("batch", photos, "-o", out, "--do", "shoot", "--depth", depth, *_QUICK)
    outcome = relens(*words)
    assert outcome.status == 2
    failed, error = outcome.err.splitlines()
    assert failed.startswith(f"relens: failed: {photos / 'b.png'}: ")
    assert failed.count(str(photos)) == 1
    assert error.startswith(f"relens: error: 1 of 3 photos failed, see {out / 'batch.jsonl'}")
    assert outcome.out == f"{out}: 2 of 3 photos done\n"
    assert sorted(_results(out)) == ["a.png", "sub/a.png"]
    assert [line["status"] for line in _lines(out)] == ["done", "failed", "done"]
    assert _lines(out)[1]["error"] in failed

    assert relens(*words).out == f"{out}: 0 of 1 photos done, 2 were already\n"
    (photos / "b.png").write_bytes(whole)
    outcome = relens(*words)
    assert (outcome.status, outcome.out) == (0, f"{out}: 1 of 1 photos done, 2 were already\n")
    assert [line["status"] for line in _lines(out)] == ["done", "failed", "done", "failed", "done"]
    assert relens(*words).out == f"{out}: 0 of 0 photos done, 3 were already\n"


def test_what_changed_is_done_again(relens, photos: Path, depth: Path, out: Path) -> None:
    words = ["batch", photos, "-o", out, "--do", "shoot", "--depth", depth, *_QUICK]

    def done_now(*more: object) -> list[str]:
        before = len(_lines(out)) if (out / "batch.jsonl").exists() else 0
        assert relens(*words, *more).status == 0
        return [line["name"] for line in _lines(out)[before:]]

    assert done_now() == ["a", "b", "sub/a"]
    os.utime(photos / "b.png", (1, 1))
    assert done_now() == ["b"]
    (out / "sub" / "a.png").unlink()
    assert done_now() == ["sub/a"]
    assert done_now("--f-number", 2) == ["a", "b", "sub/a"]
    os.utime(depth, (1, 1))
    assert done_now("--f-number", 2) == ["a", "b", "sub/a"]
    assert done_now("--f-number", 2) == []


def test_an_interrupted_batch_goes_on(relens, photos: Path, depth: Path, out: Path, monkeypatch) -> None:
    from relens.cli import batch_work

    write = batch_work.write_picture

    def interrupted(picture, path):
        if path.name == "b.png":
            raise KeyboardInterrupt
        write(picture, path)

    words = ("batch", photos, "-o", out, "--do", "shoot", "--depth", depth, *_QUICK)
    monkeypatch.setattr(batch_work, "write_picture", interrupted)
    assert relens(*words).status == 130
    assert [line["name"] for line in _lines(out)] == ["a"]
    with (out / "batch.jsonl").open("ab") as manifest:
        manifest.write(b'{"name": "b", "key": "')
    monkeypatch.undo()
    assert relens(*words).out == f"{out}: 2 of 2 photos done, 1 were already\n"
    assert sorted(_results(out)) == ["a.png", "b.png", "sub/a.png"]


def test_photos_are_named_in_many_ways(relens, photos: Path, depth: Path, out: Path, monkeypatch) -> None:
    monkeypatch.chdir(photos)
    Path("list.txt").write_text("a.png\n\n  missing.png  \n")
    words = ("-o", out, "--do", "depth", "--depth", depth, "--fx-px", 60)
    assert relens("batch", "[ab].png", "a.png", *words).out == f"{out}: 2 of 2 photos done\n"
    outcome = relens("batch", "@list.txt", *words)
    assert outcome.status == 2
    assert f"failed: {photos / 'missing.png'}" in outcome.err
    assert outcome.out == f"{out}: 0 of 1 photos done, 1 were already\n"
    # Neither results nor scenes are photos of the folder that they lie in.
    shutil.copytree(out, photos / "out")
    (photos / "x.relens").mkdir()
    shutil.copy("a.png", "x.relens/a.png")
    assert relens("batch", photos, "-o", photos / "out", *words[2:]).out.startswith(f"{photos / 'out'}: 1 of 1 photos")


def test_depth_files_may_be_named_after_their_photos(relens, photos: Path, depth: Path, out: Path) -> None:
    shutil.copy(depth, depth.with_name("a.npz"))
    outcome = relens(
        "batch", photos, "-o", out, "--do", "depth", "--depth", depth.with_name("{stem}.npz"), "--fx-px", 60
    )
    assert outcome.status == 2
    assert {line["name"]: line["status"] for line in _lines(out)} == {"a": "done", "b": "failed", "sub/a": "done"}
    assert "b.npz" in outcome.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--do", "paint"), ("--do", "depth, lift, shoot")),
        (("--do", ""), ("--do",)),
        (("--samples", 0), ("--samples 0",)),
        (("--focus", "nowhere"), ("--focus",)),
        (("--reach-m", 0), ("--reach-m",)),
        (("--workers", 2), ("--workers", "--ray")),
        (("--ray", "nowhere"), ("--ray nowhere", "HOST:PORT")),
        (("--f-number", 0.1), ("--f-number",)),
    ],
)
def test_options_that_do_not_fit_are_refused_before_any_work(relens, photos: Path, out: Path, words, told) -> None:
    if "--ray" in words:
        pytest.importorskip("ray", reason="needs ray: pip install 'relens[cluster]'")
    relens("batch", photos, "-o", out, *words).assert_refused(*told)
    assert list(out.iterdir()) == []


def test_photos_that_are_nowhere_or_share_a_name_are_refused(relens, photos: Path, out: Path) -> None:
    relens("batch", photos / "c.png", "-o", out).assert_refused("c.png", "no such photo")
    relens("batch", out, "-o", out / "more").assert_refused("no photos there")
    relens("batch", "-o", out).assert_refused("PHOTOS is missing")
    relens("batch", f"@{photos / 'list.txt'}", "-o", out).assert_refused("list.txt", "cannot read")
    relens("batch", photos / "a.png", photos / "sub" / "a.png", "-o", out).assert_refused(
        str(photos / "a.png"), str(photos / "sub" / "a.png"), "rename one"
    )
    relens("batch", photos, "-o", out / "no" / "where").assert_refused("where", "cannot make this folder")
    assert list(out.iterdir()) == []


def test_no_result_takes_the_place_of_a_photo(relens, photos: Path, depth: Path, monkeypatch) -> None:
    before = {path: path.read_bytes() for path in photos.rglob("*") if path.is_file()}
    words = ("--do", "shoot", "--depth", depth, *_QUICK)
    relens("batch", photos, "-o", photos, *words).assert_refused(str(photos), "choose another folder")
    relens("batch", photos / "a.png", "-o", photos, *words).assert_refused(str(photos / "a.png"), "one of the photos")
    monkeypatch.chdir(photos)
    relens("batch", "*.png", "-o", ".", *words).assert_refused("a.png", "one of the photos")
    assert {path: path.read_bytes() for path in photos.rglob("*") if path.is_file()} == before


def test_results_of_two_photos_do_not_share_a_name(relens, photos: Path, depth: Path, out: Path) -> None:
    shutil.copy(photos / "a.png", photos / "a-depth.png")
    words = ("--depth", depth, *_QUICK)
    relens("batch", photos, "-o", out, "--do", "depth,shoot", "--format", "exr", *words).assert_refused(
        str(photos / "a.png"), str(photos / "a-depth.png"), "rename one"
    )
    assert relens("batch", photos, "-o", out, "--do", "depth,shoot", *words).status == 0


def test_the_output_among_the_words_is_passed_over(relens, photos: Path, depth: Path) -> None:
    out = photos / "out"
    out.mkdir()
    words = ("batch", photos / "a.png", photos / "sub", out, "-o", out, "--do", "shoot", "--depth", depth, *_QUICK)
    (photos / "sub" / "a.png").rename(photos / "sub" / "c.png")
    assert relens(*words).out == f"{out}: 2 of 2 photos done\n"
    assert relens(*words).out == f"{out}: 0 of 0 photos done, 2 were already\n"


@pytest.mark.parametrize(
    ("machines", "most", "count", "cores"),
    [
        ([(8, 16)], 8, 6, 1),
        ([(8, 16)], 2, 2, 4),
        ([(8, 16), (8, 16)], 1, 1, 8),
        ([(4, 16)] * 4, 3, 3, 4),
        ([(4, 16)] * 4, 5, 5, 2),
        ([(2, 1), (2, 2)], 4, 1, 2),
        ([(2, 1)], 4, 1, 2),
        ([(0, 0), (2, 9)], 4, 2, 1),
    ],
)
def test_every_worker_fits_into_a_machine(machines, most: int, count: int, cores: int) -> None:
    gigabyte = 10**9
    has = [Machine(each, 0, memory * gigabyte) for each, memory in machines]
    found, share = workers_that_fit(has, most, 5 * gigabyte // 2)
    assert (found, share.cores) == (count, cores)
    assert any(share.cores <= each.cores and share.memory_bytes <= each.memory_bytes for each in has)


def test_an_engine_that_no_machine_has_is_refused(relens, photos: Path, out: Path, monkeypatch) -> None:
    def bare(address):
        return nullcontext(Cluster(address, (Machine(2, 0, 10**9),)))

    monkeypatch.setattr("relens.cli.batch_run.cluster", bare)
    outcome = relens("batch", photos, "-o", out, "--ray", "local", "--engine", "cuda", *_QUICK)
    outcome.assert_refused("engine cuda", "no GPU", "--engine cpu")


def test_a_cluster_makes_the_same(relens, photos: Path, depth: Path, out: Path) -> None:
    pytest.importorskip("ray", reason="needs ray: pip install 'relens[cluster]'")
    (photos / "broken.jpg").write_bytes(b"\xff\xd8 not a photo")
    words = ("--do", "depth,lift,shoot", "--depth", depth, *_QUICK)
    here = relens("batch", photos, "-o", out / "here", *words)
    there = relens("batch", photos, "-o", out / "there", *words, "--ray", "local", "--workers", 2)
    assert here.status == there.status == 2
    assert there.out == f"{out / 'there'}: 3 of 4 photos done\n"
    assert there.err == here.err.replace(str(out / "here"), str(out / "there"))
    assert _results(out / "here") == _results(out / "there")
    lines = [
        {line["name"]: (line["status"], list(line["seconds"])) for line in _lines(out / end)}
        for end in ("here", "there")
    ]
    assert lines[0] == lines[1] and len(lines[0]) == 4
    assert relens("batch", photos, "-o", out / "there", *words).out.endswith("0 of 1 photos done, 3 were already\n")


@dataclass
class _Network:
    """A back-end that counts how often it is asked."""

    name: str = "depth-pro"
    licence: str = ""
    repeatable: bool = False
    asked: list = field(default_factory=list)

    def readiness(self) -> Readiness:
        return Readiness(True, "it is here")

    def estimate(self, photo, progress=None) -> Depth:
        self.asked.append(photo)
        metres = np.linspace(1, 2, photo.width_px * photo.height_px).reshape(photo.height_px, photo.width_px)
        return Depth.from_metres(metres, "network")


@pytest.mark.parametrize("source", ["auto", "depth-pro"])
def test_networks_stay_loaded_from_one_photo_to_the_next(photo: Path, monkeypatch, source: str) -> None:
    opened: list[_Network] = []

    def open_one(*_):
        opened.append(_Network())
        return opened[-1]

    monkeypatch.setattr("relens.cli.batch_loaded.backend", open_one)
    monkeypatch.setattr("relens.cli.batch_loaded.choose_backend", lambda *_: (open_one(), "it is here"))
    options = LoadedOptions(depth=source)
    depths = [options.depth_of(read_photo(photo, fx_px=60), "photo") for _ in range(3)]
    assert [len(network.asked) for network in opened] == [3, 0, 0]
    assert all(depth.source == "network" for depth in depths)
    assert ("depth from depth-pro: it is here" in depths[2].notes) == (source == "auto")
    assert options.matte_refiner() is None
    assert options.load_inpainter() is options.load_inpainter()
