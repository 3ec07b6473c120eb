"""Errors a user can act on: one line that names the file or value, what was expected, and what to do."""


class RelensError(Exception):
    """Base of every error that relens raises on purpose; the command line prints it and exits with status 2."""

    def __init__(self, message: str = "") -> None:
        # A path or an array in the message may hold line breaks; the promise is one line.
        super().__init__(" ".join(str(message).split()))


class FileError(RelensError):
    """A file or folder that cannot be read, written or understood."""

    def __init__(self, path: object, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


class ValueRangeError(RelensError, ValueError):
    """A number or array outside what physics or the format allows."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name}={value}: expected {expected}")


class MissingPackageError(RelensError, ImportError):
    """An optional package that this step needs is not installed."""

    def __init__(self, package: str, purpose: str, install: str) -> None:
        super().__init__(f"{purpose} needs the package {package}; install it with: {install}")
