"""PageModel: the page and its offsets as torch parameters."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32

from relens.multiview.page.field import TexelField
from relens.multiview.page.seen_points import SeenPoints
from relens.multiview.page.settings import PageSettings

# Levels of the offsets: each has twice the cells of the one before, along every axis.
_LEVELS = 3
_COARSE_DEPTH_CELLS = 2
# Columns that the page is widened by on each side where it goes round.
_ROUND_PX = 4
_ADDED_PX = 1e-6


class PageData:
    """What the photos' pixels see, as the page's model reads it; on a device.

    Attributes:
        texel: (n, k, 2) column and row on the front part, without offsets.
        place: (n, k, 3) x, y and nearness, -1 to 1 over the lattice's box.
        part: (n, k) of the page.
        weights: (n, k) with sum 1.
        parallax: (n, k, 3) the pixel's direction less that in which the canonical camera sees the point, in its axes.
        encoded: (n, 3) colours, sRGB-encoded.
    """

    def __init__(self, points: SeenPoints, field: TexelField, device: str) -> None:
        count, samples = points.weights.shape
        flat = points.points_m.reshape(-1, 3)
        seen = field.camera.seen(flat)
        texel = field.layout.front(seen[:, 0], seen[:, 1])
        place = 2 * (seen - field.low) / (field.high - field.low) - 1
        along = points.directions @ field.camera.pose[:3, :3]
        parallax = along[:, None] - field.camera.sight(flat).reshape(count, samples, 3)
        self.texel = _tensor(texel.reshape(count, samples, 2), device)
        self.place = _tensor(np.clip(place, -1, 1).reshape(count, samples, 3), device)
        part = field.parts(flat).astype(np.uint8)
        self.part = torch.from_numpy(part.reshape(count, samples)).to(device)
        self.weights = _tensor(points.weights, device)
        self.parallax = torch.from_numpy(parallax.astype(np.float16)).to(device)
        self.encoded = encode(_tensor(points.linear, device))

    def __len__(self) -> int:
        return len(self.encoded)


class PageModel(torch.nn.Module):
    """The page, sRGB-encoded, and its offsets: trilinear lattices over x, y and nearness, all 0 at first.

    An offset is a sum over levels, coarse to fine, and, while the page is fitted, of a part that is linear in the
    parallax: what a surface that is slightly too near or too far does to texels, to first order.
    """

    def __init__(self, field: TexelField, page: Float32[np.ndarray, "h w 3"], settings: PageSettings) -> None:
        super().__init__()
        layout = field.layout
        self.layout = layout
        self.rows: torch.Tensor
        self.register_buffer("rows", torch.from_numpy(layout.part_rows), persistent=False)
        self.page = torch.nn.Parameter(encode(torch.from_numpy(page)).permute(2, 0, 1).contiguous())
        longer = max(layout.width_px, layout.front_px)
        scale = 2 ** (_LEVELS - 1)
        coarse = [
            max(1, round(settings.offset_cells / scale * side / longer)) for side in (layout.front_px, layout.width_px)
        ]
        cells = [[c * 2**level for c in (_COARSE_DEPTH_CELLS, *coarse)] for level in range(_LEVELS)]
        self.lattices = torch.nn.ParameterList(
            torch.nn.Parameter(torch.zeros(1, 2, *(c + 1 for c in level))) for level in cells
        )
        self.parallax_lattice = torch.nn.Parameter(torch.zeros(1, 6, *(c + 1 for c in cells[0])))

    def offsets(self, place: Any, parallax: Any, open_levels: list[float], view_share: float) -> Any:
        """Offsets in texels (n, k, 2)."""
        at = place[None, None]
        total = torch.zeros_like(place[..., :2])
        for share, lattice in zip(open_levels, self.lattices, strict=True):
            if share > 0:
                total = total + share * _read_lattice(lattice, at)
        if view_share > 0:
            slopes = _read_lattice(self.parallax_lattice, at).unflatten(-1, (2, 3))
            total = total + view_share * (slopes * parallax[..., None, :]).sum(dim=-1)
        return total

    def colours(self, data: PageData, chosen: Any, open_levels: list[float], view_share: float) -> tuple[Any, Any]:
        """Linear colours (n, 3) of chosen pixels, and the offsets (n, k, 2) of their points."""
        offsets = self.offsets(data.place[chosen], data.parallax[chosen].float(), open_levels, view_share)
        column, row = (data.texel[chosen] + offsets).unbind(-1)
        layout = self.layout
        low, high, down = self.rows[data.part[chosen].long()].unbind(-1)
        row = torch.minimum(torch.maximum(row, low + 0.5), high - 0.5) + down
        page = decode(self.page)[None]
        if layout.goes_round:
            page = torch.nn.functional.pad(page, (_ROUND_PX, _ROUND_PX, 0, 0), mode="circular")
            column = torch.remainder(column, layout.width_px) + _ROUND_PX
        height, width = page.shape[2:]
        grid = torch.stack([2 * column / width - 1, 2 * row / height - 1], dim=-1)[None]
        read = torch.nn.functional.grid_sample(page, grid, mode="bicubic", padding_mode="border", align_corners=False)
        return torch.einsum("cnk,nk->nc", read[0], data.weights[chosen]), offsets

    def total_variation(self) -> Any:
        """The mean length of the page's differences between neighbours."""
        across, down = torch.diff(self.page, dim=2), torch.diff(self.page, dim=1)
        return sum(torch.sqrt(difference**2 + _ADDED_PX).mean() for difference in (across, down))

    def offset_px(self) -> Float32[np.ndarray, "d h w 2"]:
        """All levels as one lattice, that of the finest."""
        size = self.lattices[-1].shape[2:]
        total = sum(
            torch.nn.functional.interpolate(lattice.detach(), size=size, mode="trilinear", align_corners=True)
            for lattice in self.lattices
        )
        return np.ascontiguousarray(total[0].permute(1, 2, 3, 0).cpu().numpy())  # type: ignore[index]


def encode(linear: Float[Any, "*s"]) -> Float[Any, "*s"]:
    """`relens.photo.transfer.srgb_encode`, with a gradient."""
    size = linear.abs()
    curve = 1.055 * size.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    return torch.where(size <= 0.0031308, linear * 12.92, torch.sign(linear) * curve)


def decode(encoded: Float[Any, "*s"]) -> Float[Any, "*s"]:
    """The inverse of `encode`."""
    size = encoded.abs()
    curve = ((size.clamp(min=0.04045) + 0.055) / 1.055) ** 2.4
    return torch.where(size <= 0.04045, encoded / 12.92, torch.sign(encoded) * curve)


def _read_lattice(lattice: Any, at: Any) -> Any:
    read = torch.nn.functional.grid_sample(lattice, at, mode="bilinear", padding_mode="border", align_corners=True)
    return read[0, :, 0].permute(1, 2, 0)


def _tensor(values: np.ndarray, device: str) -> Any:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32)).to(device)
