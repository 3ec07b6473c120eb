"""Amounts of bytes in words."""


def bytes_text(size_bytes: int) -> str:
    """As file managers and download pages give it: 1.9 GB, 24 MB, 812 bytes (powers of 1000)."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size_bytes >= 0.9995 * factor:
            amount = size_bytes / factor
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
    return f"{size_bytes} bytes"
