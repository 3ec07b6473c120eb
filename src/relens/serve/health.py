"""Health: what the server says of itself to those who watch over it; cheap, and without waiting for anything."""

import os
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relens.serve.opening import Opening

_STATM = Path("/proc/self/statm")


class Health:
    """The record of `GET /healthz`."""

    def __init__(self, opening: "Opening") -> None:
        self._opening, self._began_s = opening, time.monotonic()
        self._version = version("relens")

    def record(self) -> dict[str, Any]:
        """Status ("loading", "ok" or "ending"), version, uptime_s, pid, jobs and resident_bytes (null if unknown)."""
        session = self._opening.opened
        jobs = {"waiting": 0, "running": 0, "finished": 0, "viewers_waiting": 0}
        if session is not None:
            waiting = session.shots.jobs.waiting
            jobs = {
                "waiting": len(waiting),
                "running": int(session.shots.jobs.running is not None),
                "finished": session.shots.jobs.finished_count,
                "viewers_waiting": len({job.owner for job in waiting}),
            }
        status = "ending" if self._opening.is_stopped else "ok" if session is not None else "loading"
        return {
            "status": status,
            "version": self._version,
            "uptime_s": round(time.monotonic() - self._began_s, 3),
            "jobs": jobs,
            "resident_bytes": resident_bytes(),
        }


def resident_bytes() -> int | None:
    """Memory that this process holds; None where the system does not say it in a file."""
    try:
        return int(_STATM.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None
