"""Ready-made moves, one a file: each makes a camera path of a scene."""

from relens.path.moves.aperture_sweep import ApertureSweep
from relens.path.moves.breathing import Breathing
from relens.path.moves.dolly_zoom import DollyZoom
from relens.path.moves.focus_sweep import FocusSweep
from relens.path.moves.handheld import Handheld
from relens.path.moves.light_field_grid import LightFieldGrid
from relens.path.moves.move import Move
from relens.path.moves.named import MOVES, move_of
from relens.path.moves.orbit import Orbit
from relens.path.moves.push_in import PushIn
from relens.path.moves.rack_focus import RackFocus
from relens.path.moves.stereo_pair import StereoPair

__all__ = [
    "MOVES",
    "ApertureSweep",
    "Breathing",
    "DollyZoom",
    "FocusSweep",
    "Handheld",
    "LightFieldGrid",
    "Move",
    "Orbit",
    "PushIn",
    "RackFocus",
    "StereoPair",
    "move_of",
]
