"""relens licenses: what relens is made of and may load, under which licences."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from relens.licences import Licence


@dataclass(frozen=True)
class Licenses:
    """Show the licences of the packages, networks and sample photos that relens uses.

    A line that begins with ! has terms that limit use or passing on; it ends with what they are, in short. A pointer
    to what should be read, not advice on law.

    Try:
      relens licenses
      relens licenses --json > licences.json
    """

    json: bool = False
    """Print a list of objects instead, of everything that is listed."""

    def run(self) -> None:
        """Print a table for each kind of thing, or JSON."""
        from relens.licences import missing_extras, restriction

        tables = _tables()
        if self.json:
            rows = [
                {"group": title, **asdict(entry), "restriction": restriction(entry.licence)}
                for title, entries in tables.items()
                for entry in entries
            ]
            print(json.dumps(rows, indent=2, ensure_ascii=False))
            return
        for title, entries in tables.items():
            if entries:
                print(title)
                print("\n".join(_lines(entries)), end="\n\n")
        if missing := missing_extras():
            print(f"packages of extras that are not here (some are for other systems): {', '.join(missing)}")


def _tables() -> dict[str, tuple[Licence, ...]]:
    from relens.licences import installed_packages, page_packages, shipped_networks, shipped_photos
    from relens.weights import WEIGHTS

    fetched = (Licence(card.name, "", card.licence, "network", card.terms) for card in WEIGHTS.values())
    return {
        "installed packages": installed_packages(),
        "packages in the viewer's page": page_packages(),
        "networks in relens": shipped_networks(),
        "networks that can be fetched": tuple(fetched),
        "sample photos": shipped_photos(),
    }


def _lines(entries: Sequence[Licence]) -> list[str]:
    from relens.licences import restriction

    # The licence comes last but one: some are sentences.
    rows = [
        (
            "!" if (limits := restriction(entry.licence)) else "",
            entry.name,
            entry.version,
            entry.licence,
            entry.link,
            limits,
        )
        for entry in entries
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for mark, name, version, licence, link, limits in rows:
        words = "  ".join(filter(None, (licence, link, f"({limits})" if limits else "")))
        lines.append(f"{mark or ' '} {name.ljust(widths[1])}  {version.ljust(widths[2])}  {words}")
    return lines
