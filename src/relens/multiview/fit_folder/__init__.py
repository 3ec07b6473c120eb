"""The fit folder: what many posed photos became, as open files that other programs read and edit.

| file | holds |
|---|---|
| fit.json | format and version, the photos' cameras, the canonical camera, settings and figures |
| model.gltf, model.bin | the surface as standard glTF 2.0, unlit, with the photos' cameras; its texture is page.png |
| page.png | the canonical page: 16-bit sRGB, straight alpha, 0 where no photo saw anything |
| texels.npz | offsets and the map of what is nearest: with fit.json, the way from points to texels, without torch |
| transforms.json | the cameras for other programs, in the frame of model.gltf |

An edit of page.png is the whole edit: every view, lens and scene made of the folder shows it, without a refit. The page
may come back with 8 bits, without alpha, in another colour profile, or at another resolution of the same shape.
`fit.json` and the model are exact: what is loaded and saved again keeps its bits. The folder is written atomically.
"""

from relens.multiview.fit_folder.fitted_scene import FittedPhoto, FittedScene
from relens.multiview.fit_folder.load import load_fit
from relens.multiview.fit_folder.save import is_fit, save_fit, save_fitted

__all__ = ["FittedPhoto", "FittedScene", "is_fit", "load_fit", "save_fit", "save_fitted"]
