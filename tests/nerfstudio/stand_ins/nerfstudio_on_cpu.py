"""What nerfstudio needs on a machine without a GPU and without a network."""

import torch

# torchvision's CPU operators are missing where its build and torch's differ; it registers others beside them by name.
if not hasattr(torch.ops.torchvision, "nms"):
    _operators = torch.library.Library("torchvision", "DEF")
    _operators.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _operators.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import torchvision

_alexnet = torchvision.models.alexnet
# LPIPS would download AlexNet; with random weights its numbers mean nothing, and nothing here looks at them.
torchvision.models.alexnet = lambda *, weights=None, **options: _alexnet(**options)
# On busy cores one thread is many times faster than two that wait for each other.
torch.set_num_threads(1)
