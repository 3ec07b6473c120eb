"""The scene folder: a Scene on disk as open files that any editor opens.

| file | what it holds |
|---|---|
| `scene.json` | format name and version, camera, border, the list of layers |
| `canonical/<layer>.png` | the layer's texture page: 16-bit sRGB, straight alpha |
| `depth/<layer>.exr` | the layer's inverse depth: one float32 channel, `inverse_depth`, in 1/m; NaN where none |
| `uncertainty.exr` | one standard deviation of log-depth: one float32 channel, `uncertainty`, on the photo's grid |
| `source/<name>` | the photo the scene was lifted from |
| `edits.json`, `edits/<n>.npz` | the edits that made the scene, and what undoes them (`relens.edit`) |
"""

from relens.scene_folder.load import load_scene
from relens.scene_folder.save import save_scene

__all__ = ["load_scene", "save_scene"]
