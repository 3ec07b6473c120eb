"""Every target, by name."""

from fuzz.target import Target
from fuzz.targets import depths, models, paths, photos, scenes

_ROOMS = (photos, depths, scenes, paths, models)
TARGETS: dict[str, Target] = {target.name: target for room in _ROOMS for target in room.TARGETS}
# Where each is, so that a process can do without the others.
ROOM_OF: dict[str, str] = {target.name: room.__name__ for room in _ROOMS for target in room.TARGETS}
