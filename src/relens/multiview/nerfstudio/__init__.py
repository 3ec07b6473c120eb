"""nerfstudio both ways: our thin lens on its trained models, our methods and scenes in its commands.

Nothing here is imported before it is used; the modules of the plug-in (`dataparser`, `surface_method`,
`canonical_method`) are loaded by nerfstudio itself through its entry points.
"""
