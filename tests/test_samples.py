"""The sample photographs are found, and come with their licence."""

import pytest

from relens.errors import RelensError
from relens.samples import sample_path


@pytest.mark.parametrize("name", ["iphone14-portrait", "iphone-xs-portrait"])
def test_sample_is_there_with_its_licence_and_source(name: str) -> None:
    photo = sample_path(name)
    assert photo.stat().st_size > 100_000
    assert "MIT License" in (photo.parent / "LICENSE").read_text()
    assert "Source:" in (photo.parent / "README.md").read_text()


def test_unknown_sample_names_what_there_is() -> None:
    with pytest.raises(RelensError, match=r"'no-such'.*iphone14-portrait"):
        sample_path("no-such")
