from pathlib import Path

import pytest


class _Report:
    def lines(self) -> list[str]:
        return ["face.png  1.0 s", "1 files in 2.0 s"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What the library was asked for; it makes nothing."""
    calls = []

    def run_demo(*arguments: object) -> _Report:
        calls.append(arguments)
        return _Report()

    monkeypatch.setattr("relens.explain.demo.run_demo", run_demo)
    return calls


def test_asks_for_the_sample_and_prints_the_report(relens, asked: list[tuple[object, ...]]) -> None:
    outcome = relens("demo")
    assert (outcome.status, outcome.out, outcome.err) == (0, "face.png  1.0 s\n1 files in 2.0 s\n", "")
    photo, out, samples, progress = asked[0]
    assert photo is None or Path(str(photo)).parent.name == "iphone14-portrait"
    assert (out, samples) == (Path("out/demo"), 36)
    assert callable(progress)


def test_every_flag_reaches_the_library(relens, asked: list[tuple[object, ...]], tmp_path: Path) -> None:
    assert relens("demo", "-o", tmp_path, "--photo", "me.heic", "--samples", 9, "--quiet").out == ""
    assert asked[0][:3] == (Path("me.heic"), tmp_path, 9)


@pytest.mark.parametrize(
    ("words", "problem"), [(("--samples", 0), "--samples 0"), (("--photo", "none.heic"), "none.heic: does not exist")]
)
def test_what_does_not_fit_leaves_nothing(relens, out: Path, words: tuple[object, ...], problem: str) -> None:
    relens("demo", "-o", out / "demo", *words).assert_refused(problem)
    assert not [path for path in out.rglob("*") if path.is_file()]


def test_a_file_in_the_way(relens, out: Path) -> None:
    (out / "demo").write_bytes(b"mine")
    relens("demo", "-o", out / "demo").assert_refused("demo")
    assert (out / "demo").read_bytes() == b"mine"
