"""Library names in messages, said in the words of the command line."""

import re

_FLAGS = {
    "also": "--also",
    "axial_colour": "--axial-colour",
    "background": "--background",
    "background_m": "--background",
    "bit_depth": "--bit-depth",
    "box": "--box",
    "blades": "--blades",
    "baseline_m": "--baseline",
    "cats_eye": "--cats-eye",
    "click": "--click",
    "curvature": "--blade-curvature",
    "depth": "--depth",
    "depth_kind": "--depth-kind",
    "engine": "--engine",
    "eye_m": "--eye",
    "f_number": "--f-number",
    "focal_length_mm": "--focal-length",
    "focus": "--focus",
    "focus_distance_m": "--focus",
    "framing": "--framing",
    "fx_px": "--fx-px",
    "grid": "--grid",
    "inpainter": "--inpainter",
    "highlights": "--highlights",
    "lateral_colour": "--lateral-colour",
    "matte": "--matte",
    "noise": "--noise",
    "profile": "--profile",
    "sensor_width_mm": "--sensor-width",
    "swing_deg": "--swing",
    "swing_rad": "--swing",
    "t_stop": "--t-stop",
    "tilt_deg": "--tilt",
    "tilt_rad": "--tilt",
    "time_budget_s": "--time-budget",
    "reach_m": "--reach-m",
    "kind": "--depth-kind",
    "metric_scale": "--metric-scale",
    "near": "--near",
    "near_m": "--near",
    "far": "--far",
    "far_m": "--far",
    "uncertainty": "--uncertainty",
    "precision": "--precision",
    "weights": "--weights",
    "refiner": "--refiner",
    "refiner_weights": "--refiner-weights",
    "rotation_deg": "--blade-rotation-deg",
    "samples": "--samples",
    "seed": "--seed",
    "size_px": "--size",
    "squeeze": "--squeeze",
}


def in_flags(message: str) -> str:
    """`f_number=0.1: expected ...` as `--f-number 0.1: expected ...`; any other message as it is."""
    named = re.match(r"(\w+)=", message)
    if named is None or named[1] not in _FLAGS:
        return message
    return f"{_FLAGS[named[1]]} {message[named.end() :]}"
