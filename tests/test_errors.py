import pytest

from relens.errors import FileError, MissingPackageError, RelensError, ValueRangeError

ERRORS = [
    FileError("a/b.png", "is a folder"),
    FileError("a\nb.png", "is\na folder"),
    ValueRangeError("f_number", 0, "0.5 to 128"),
    ValueRangeError("pose", [[1, 2], [3, 4]], "a 4x4\n matrix"),
    MissingPackageError("torch", "Depth Pro", "pip install relens[depth-pro]"),
]


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_every_error_is_one_line_and_a_relens_error(error):
    assert isinstance(error, RelensError)
    assert len(str(error).splitlines()) == 1


def test_messages_name_the_culprit_and_the_expectation():
    assert str(FileError("a/b.png", "is a folder")) == "a/b.png: is a folder"
    assert str(ValueRangeError("f_number", 0, "0.5 to 128")) == "f_number=0: expected 0.5 to 128"
    assert "pip install relens[depth-pro]" in str(ERRORS[-1])


def test_errors_are_also_what_python_callers_expect():
    assert isinstance(ValueRangeError("x", 1, "2"), ValueError)
    assert isinstance(MissingPackageError("a", "b", "c"), ImportError)
    assert not isinstance(FileError("a", "b"), OSError)  # atomic writing would report it twice
