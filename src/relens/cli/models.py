"""relens models: downloaded weights, of networks for depth and mattes."""

import sys
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import OmitSubcommandPrefixes, Positional, arg, subcommand


@dataclass(frozen=True)
class ListModels:
    """Show each model: its name, whether it is here, size, licence and folder."""

    def run(self) -> None:
        """Print four lines a model."""
        from relens.weights import WEIGHTS, bytes_text, state

        for weights in WEIGHTS.values():
            found = state(weights.name)
            size = bytes_text(found.size_bytes) if found.here else weights.about
            print(f"{weights.name:<16} {found.text}, {size}")
            print(f"  for       {weights.purpose}")
            print(f"  licence   {weights.licence}; {weights.terms}")
            print(f"  folder    {found.folder}")


@dataclass(frozen=True)
class FetchModel:
    """Download a model, or go on with a download that was interrupted, and verify it.

    Try:
      relens models fetch depth-pro
    """

    name: Annotated[Positional[str], arg(metavar="NAME")]
    """depth-pro, or another of `relens models list`."""

    def run(self) -> None:
        """Say what will be fetched and under which licence, fetch it, and print where it is."""
        from relens.cli.download_bar import download_bar
        from relens.weights import fetch, state

        try:
            with download_bar() as bar:
                folder = fetch(self.name, bar, bar.announce)
        except KeyboardInterrupt:
            print(f"{self.name}: {state(self.name).text} when fetched again", file=sys.stderr)
            raise
        print(f"{self.name}: here, in {folder}")


@dataclass(frozen=True)
class VerifyModels:
    """Compare the files of a model with the checksums that the hub gives them."""

    names: Annotated[Positional[tuple[str, ...]], arg(metavar="[NAME ...]", help_behavior_hint="")] = ()
    """Of `relens models list`; all that are here when left out."""

    def run(self) -> None:
        """Print what each file was compared with."""
        from relens.cli.progress_bar import progress_bar
        from relens.weights import WEIGHTS, state, verify

        names = self.names or [name for name in WEIGHTS if state(name).here]
        for name in names:
            with progress_bar() as progress:
                files = verify(name, progress)
            for verified in files:
                print(f"{name}: {verified.file.name}: sound; {verified.against}")
        if not names:
            print("no model is here")


@dataclass(frozen=True)
class RemoveModel:
    """Remove a model from this machine, for all programs that share it, or the part of it that is here."""

    name: Annotated[Positional[str], arg(metavar="NAME")]
    """One of `relens models list`."""

    def run(self) -> None:
        """Remove it; print what that freed."""
        from relens.weights import bytes_text, remove

        print(f"{self.name}: removed, {bytes_text(remove(self.name))} freed")


@dataclass(frozen=True)
class Models:
    """List, fetch, verify and remove the weights of the networks for depth and mattes.

    They are kept in the Hugging Face hub's cache, where transformers finds them too; HF_HOME moves it.

    Try:
      relens models list
      relens models fetch depth-pro
    """

    action: OmitSubcommandPrefixes[
        Annotated[ListModels, subcommand("list")]
        | Annotated[FetchModel, subcommand("fetch")]
        | Annotated[VerifyModels, subcommand("verify")]
        | Annotated[RemoveModel, subcommand("remove")]
    ]

    def run(self) -> None:
        """Do it."""
        self.action.run()
