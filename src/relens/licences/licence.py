"""Licence: what something is called and under which terms it is given."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["package", "network", "photo"]


@dataclass(frozen=True)
class Licence:
    """The licence of one thing that relens is made of, or may load.

    Attributes:
        name: as people know it.
        version: empty where it has none.
        licence: SPDX's expression where there is one, otherwise the owner's words.
        kind: "package", "network" (weights) or "photo" (a sample).
        link: a page about it; empty where its metadata names none.
    """

    name: str
    version: str
    licence: str
    kind: Kind
    link: str
