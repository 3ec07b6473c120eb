"""Target: one reader of relens, and what a fuzzer needs to know about it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

# Changes some bytes somehow; in a fuzzing run the fuzzer's own way, by which it learns.
ChangeBytes = Callable[[bytes], bytes]
Mutator = Callable[[bytes, Random, ChangeBytes], bytes]


@dataclass(frozen=True)
class Target:
    """A reader.

    Attributes:
        name: also that of its corpus and of the folder of its findings.
        read: reads the input; the folder is for the files that it needs, and is the same for every input.
        seeds: small valid inputs, the same each time.
        mutate: a change that the reader's checksums and syntax do not stop at once; None for plain bytes.
        largest: bytes that an input may have.
        packages: what is watched for coverage beside relens.
    """

    name: str
    read: Callable[[bytes, Path], None]
    seeds: Callable[[], list[bytes]]
    mutate: Mutator | None = None
    largest: int = 1 << 15
    packages: tuple[str, ...] = ()
