"""The portrait prior: metric depth of people and a plain surface behind them, offline and from any photo with a face."""

from relens.depth.portrait.prior import SOURCE, PortraitPrior

__all__ = ["SOURCE", "PortraitPrior"]
