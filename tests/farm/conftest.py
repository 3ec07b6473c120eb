from collections.abc import Iterator

import pytest

from relens.farm import Cluster, cluster


@pytest.fixture(scope="package")
def two_cores() -> Iterator[Cluster]:
    """A real cluster of this machine, with processes for two cores; starting it takes seconds."""
    pytest.importorskip("ray", reason="needs ray: pip install 'relens[cluster]'")
    with cluster("local", cores=2, object_store_bytes=200_000_000) as on:
        yield on
