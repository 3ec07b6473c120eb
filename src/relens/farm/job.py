"""Job: an item on its way through the stages."""

from dataclasses import dataclass, field
from typing import Any

from relens.farm.work import Report


@dataclass
class Job:
    """An item on its way through the stages.

    Attributes:
        item, place: as given, and its number among the items.
        stage: that it is at; the number of stages when it is through.
        made: refers to what the last stage made of it.
        seconds: of the steps that are done.
        error: why its work failed.
        deaths, trouble: how many workers died while they had it, and how the last one did.
    """

    item: Any
    place: int
    stage: int = 0
    made: Any = None
    seconds: dict[str, float] = field(default_factory=dict)
    error: str | None = None
    deaths: int = 0
    trouble: str = ""

    def go_on(self, report: Report, made: Any) -> None:
        """To the next stage with what this one made, unless the work failed."""
        self.seconds = {**self.seconds, **report.seconds}
        self.error, self.made = report.error, made
        self.stage += 1

    def start_again(self, error: Exception) -> None:
        """From the first stage, since what it was to work on was lost with some machine."""
        self.stage, self.made, self.seconds = 0, None, {}
        self.count_death(error)

    def count_death(self, error: Exception) -> None:
        """A worker died while it had it."""
        self.deaths += 1
        # Ray names what its own watch over memory killed; the system's is silent.
        ran_out = any(words in str(error) for words in ("running low on memory", "OUT_OF_MEMORY"))
        self.trouble = "out of memory" if ran_out else "killed, perhaps for memory, or crashed"
