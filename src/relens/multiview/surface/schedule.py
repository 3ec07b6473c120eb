"""What changes while a surface is fitted."""

from relens.multiview.surface.settings import SurfaceSettings

# All rates end at this share of where they start, after a first few steps in which they grow.
_LAST_RATE, _FIRST_STEPS = 0.05, 30
# The surface is as sharp as it gets after this share of the steps.
_SHARP_AFTER = 0.8
# Levels of the SDF beyond the second come in one after the other, each over this share of the steps.
_LEVEL_SHARE = 0.1


def rate_share(step: int, settings: SurfaceSettings) -> float:
    """The share of Adam's rates at a step."""
    return min(1.0, (step + 1) / _FIRST_STEPS) * _LAST_RATE ** (step / settings.steps)


def beta_at(step: int, settings: SurfaceSettings) -> float:
    """How soft the surface is at a step, in the box's unit: falls exponentially, then stays."""
    done = min(1.0, step / (_SHARP_AFTER * settings.steps))
    return settings.beta_start * (settings.beta_end / settings.beta_start) ** done


def levels_at(step: int, settings: SurfaceSettings) -> tuple[float, ...]:
    """The share of each SDF level at a step: coarse first."""
    done = step / settings.steps
    begins = [_LEVEL_SHARE * max(0, level - 1) for level in range(len(settings.sdf_cells))]
    return tuple(1.0 if not begin else min(1.0, max(0.0, (done - begin) / _LEVEL_SHARE)) for begin in begins)
