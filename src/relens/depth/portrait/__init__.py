"""The portrait prior: metric depth of people and what is behind them, offline, from any photo with a face."""

from relens.depth.portrait.prior import SOURCE, PortraitPrior

__all__ = ["SOURCE", "PortraitPrior"]
