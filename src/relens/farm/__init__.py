"""The farm: the same jobs on many machines, by Ray.

`cluster` connects, `spread` hands items to crews of workers and takes results as they come. What a worker does is a
`Work`; only `relens.farm.frames`, which spreads the frames of a film, knows about pictures.
"""

from relens.farm.cluster import Cluster, cluster
from relens.farm.crew import Crew, Share
from relens.farm.one_by_one import one_by_one
from relens.farm.spread import spread
from relens.farm.work import Ended

__all__ = ["Cluster", "Crew", "Ended", "Share", "cluster", "one_by_one", "spread"]
