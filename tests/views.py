"""A view as the page says it, with some values changed."""

LENS = {
    "focal_length_mm": 85, "f_number": 1.4, "blades": 0, "curvature": 0, "rotation_deg": 0, "squeeze": 1, "profile": 0,
    "cats_eye": 0, "tilt_deg": 0, "swing_deg": 0, "axial_colour": 0, "lateral_colour": 0, "breathing": False,
    "t_stop": None, "vignetting": False, "sensor_width_mm": 36, "image": None,
}  # fmt: skip
POSE = {"eye_m": [0, 0, 0], "yaw_rad": 0, "pitch_rad": 0, "roll_rad": 0, "zoom": 1}


def view_content(lens=None, pose=None, **values):
    view = {"lens": LENS | (lens or {}), "preset": None, "focus": 1.5, "framing": "photo", "pose": POSE | (pose or {})}
    return {**view, "exposure_ev": 0, **values}
