"""The scenes of the truth for refocusing, each made of what lifting finds hard: many depths, hundreds of thin leaves,
wires before everything, see-through layers, hairs, lamps far brighter than the picture's white.
"""

from collections.abc import Callable

from truth_indoors import glass, interior, rods
from truth_outdoors import fence, foliage, night
from truth_scene import TruthScene

MAKERS: dict[str, Callable[[], TruthScene]] = {
    maker.__name__: maker for maker in (interior, foliage, fence, glass, night, rods)
}
