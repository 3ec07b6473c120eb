"""The frame of all files: +x right, +y up, the photo's camera at the origin looking along -z; metres.

glTF and USD ask for it, and in it Blender, MeshLab and open3d show OBJ and PLY files upright, too.
"""

import numpy as np
from jaxtyping import Float32

# In words, for files that can say it.
FRAME = "metres; +x right, +y up, +z towards the viewer; the photo's camera is at the origin and looks along -z"


def y_up(vectors: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """Positions or directions of the world (OpenCV axes) in the files' frame. A rotation: winding and sides stay."""
    return vectors * np.array([1, -1, -1], np.float32)
