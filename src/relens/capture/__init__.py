"""Capture: foreign models, splats and meshes, become scenes by photographing them from one camera, layer by layer."""

from relens.capture.read_model import capture, is_model, is_splats
from relens.capture.render_splats import render_splats
from relens.capture.scene_of import scene_of_mesh, scene_of_splats

__all__ = ["capture", "is_model", "is_splats", "render_splats", "scene_of_mesh", "scene_of_splats"]
