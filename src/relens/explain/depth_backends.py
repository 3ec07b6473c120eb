"""The table of depth back-ends: which work on this machine, under which licence, and why not."""

from relens.depth.choose import BACKENDS, backend


def backend_table() -> str:
    """One line a back-end, in the order in which `auto` asks them, under a header."""
    rows = [("back-end", "here", "licence", "")]
    for name in BACKENDS:
        source = backend(name)
        state = source.readiness()
        here = "yes" if state.usable else "to fetch" if state.fetchable else "no"
        rows.append((name, here, source.licence, state.why))
    rows.append(("FILE", "yes", "your own", "NPZ, NPY, EXR, PFM, TIFF, 16-bit PNG; see --depth-kind for other maps"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
