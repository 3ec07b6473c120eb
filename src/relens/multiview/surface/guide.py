"""Guide: which pixels are worth another ray (DebSDF, section 3.4)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from relens.multiview.surface.ray_bank import RayBank

# Pixels share an estimate with their neighbours in squares of so many.
_SQUARE_PX = 4
# What a new ray says counts so much against what earlier ones did.
_NEW = 0.3
# The chances follow the estimates after so many batches.
_REFRESH = 20


class Guide:
    """Draws pixels: a share of them alike, the others in proportion to how unsure the priors are there.

    The chance of pixel i is p_i = share / N + (1 - share) u_i / sum(u). Whoever wants the mean over all N pixels of
    something weighs a drawn pixel by 1 / (N p_i), which is at most 1 / share.

    The estimate u, the blended uncertainty sqrt(U_depth U_normal), is a running mean over squares of pixels.
    """

    def __init__(self, bank: RayBank, uniform_share: float) -> None:
        self.bank, self.share = bank, uniform_share
        device = bank.colour.device
        pixel = torch.arange(bank.pixels, device=device)
        photo = bank.photo_of(pixel)
        inside = pixel - bank.first[photo]
        row = torch.div(inside, bank.width[photo], rounding_mode="floor")
        column = inside % bank.width[photo]
        wide = torch.div(bank.width + _SQUARE_PX - 1, _SQUARE_PX, rounding_mode="floor")
        heights = torch.div(torch.diff(bank.first), bank.width, rounding_mode="floor")
        squares = wide * torch.div(heights + _SQUARE_PX - 1, _SQUARE_PX, rounding_mode="floor")
        before = torch.cumsum(squares, 0) - squares
        across = torch.div(column, _SQUARE_PX, rounding_mode="floor")
        down = torch.div(row, _SQUARE_PX, rounding_mode="floor")
        self.square = before[photo] + down * wide[photo] + across
        self.estimate = torch.full((int(squares.sum()),), float("nan"), device=device)
        self.rising: Tensor | None = None
        self.batches = 0

    def learn(self, pixel: Int[Tensor, " n"], blended: Float[Tensor, " n"]) -> None:
        """Take in what rendered rays say."""
        square = self.square[pixel]
        # A square that several rays met takes their mean, whatever their order.
        square, first = torch.unique(square, return_inverse=True)
        count = torch.zeros(len(square), device=pixel.device).index_add_(0, first, torch.ones_like(blended))
        mean = torch.zeros(len(square), device=pixel.device).index_add_(0, first, blended) / count
        known = self.estimate[square]
        self.estimate[square] = torch.where(known.isnan(), mean, known + _NEW * (mean - known))

    def chances(self) -> Float[Tensor, " pixels"]:
        """The chance of each pixel."""
        known = ~self.estimate.isnan()
        mean = self.estimate[known].mean() if known.any() else torch.ones((), device=self.estimate.device)
        unsure = torch.where(known, self.estimate, mean)[self.square]
        return self.share / self.bank.pixels + (1 - self.share) * unsure / unsure.sum()

    def draw(
        self, count: int, guided: bool, generator: torch.Generator
    ) -> tuple[Int[Tensor, " n"], Float[Tensor, " n"]]:
        """Pixels and their weights 1 / (N p); all alike unless guided."""
        device = self.estimate.device
        if not guided:
            pixel = torch.randint(self.bank.pixels, (count,), generator=generator, device=device)
            return pixel, torch.ones(count, device=device)
        if self.rising is None or self.batches % _REFRESH == 0:
            # In double precision: a million chances of a millionth each still add up to 1.
            self.rising = torch.cumsum(self.chances().double(), 0)
        self.batches += 1
        drawn = torch.rand(count, generator=generator, device=device, dtype=torch.float64) * self.rising[-1]
        pixel = torch.searchsorted(self.rising, drawn).clamp(max=self.bank.pixels - 1)
        chance = torch.diff(self.rising, prepend=self.rising.new_zeros(1))[pixel]
        return pixel, (1 / (self.bank.pixels * chance)).float()

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint keeps."""
        rising = torch.empty(0) if self.rising is None else self.rising
        return {"estimate": self.estimate, "rising": rising, "batches": torch.tensor(self.batches)}

    def load(self, state: dict[str, Tensor]) -> None:
        """The inverse of `state`."""
        device = self.estimate.device
        self.estimate = state["estimate"].to(device)
        self.rising = state["rising"].to(device) if len(state["rising"]) else None
        self.batches = int(state["batches"])
