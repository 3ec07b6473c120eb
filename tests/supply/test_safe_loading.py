"""What is read may be anyone's: nothing that runs code of the file's is used, but where this list says why."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
UNSAFE_CALLS = {"eval", "exec", "os.system", "os.popen", "yaml.unsafe_load", "yaml.full_load", "torch.jit.load"}
# Each with the reason; what is here and no longer in the file fails too.
ALLOWED = {
    # the names of the errors that torch.load(weights_only=True) raises
    ("src/relens/depth/depth_pro/files.py", "import pickle"),
    ("src/relens/multiview/nerfstudio/trained.py", "import pickle"),
    # nerfstudio's config.yml names Python classes, and nerfstudio itself runs it; docs/fit.md
    ("src/relens/multiview/nerfstudio/trained.py", "yaml.load"),
    # a TorchScript archive that its user names (--inpainter); it is a program, and torch has no weights-only way
    ("src/relens/lift/lama.py", "torch.jit.load"),
    # counts the bytes that Ray's own pickling would send; reads none
    ("benchmarks/farm.py", "import pickle"),
}


def unsafe_things(source: str) -> Iterator[str]:
    """Names of what can run code out of a file, in the order of the source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            yield from (f"import {name}" for name in names if name.split(".")[0] in UNSAFE_MODULES)
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if called in UNSAFE_CALLS:
                yield called
            if called in ("yaml.load", "yaml.load_all") and given.get("Loader") != "yaml.SafeLoader":
                yield called
            if called == "torch.load" and given.get("weights_only") != "True":
                yield called
            if called in ("np.load", "numpy.load") and given.get("allow_pickle", "False") != "False":
                yield called
            if given.get("shell", "False") != "False":
                yield "shell=True"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", ["import pickle"]),
        ("from joblib import load", ["import joblib"]),
        ("np.load(f, allow_pickle=True)", ["np.load"]),
        ("np.load(f)", []),  # numpy's own default is to refuse
        ("torch.load(f)", ["torch.load"]),
        ("torch.load(f, weights_only=True)", []),
        ("yaml.load(f, Loader=yaml.Loader)", ["yaml.load"]),
        ("yaml.safe_load(f)", []),
        ("subprocess.run(c, shell=True)", ["shell=True"]),
        ("model.eval(); eval('1')", ["eval"]),
    ],
)
def test_the_scan_finds_what_it_should(source: str, found: list[str]) -> None:
    assert list(unsafe_things(source)) == found


def test_nothing_that_is_read_can_run_code() -> None:
    files = [file for folder in ("src", "benchmarks", "docs", "examples") for file in (ROOT / folder).rglob("*.py")]
    found = {
        (file.relative_to(ROOT).as_posix(), thing) for file in files for thing in unsafe_things(file.read_text("utf-8"))
    }
    assert len(files) > 300
    assert found == ALLOWED


def test_arrays_of_others_are_read_with_pickle_refused_in_so_many_words() -> None:
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("np.load", "format.read_array")):
                assert any(word.arg == "allow_pickle" for word in node.keywords), f"{file}:{node.lineno}"
