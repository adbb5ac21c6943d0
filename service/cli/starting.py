"""The commands to begin with: demo, init and doctor."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from service.cli.failing import Failed
from service.wiring import shipped


def demo(args: argparse.Namespace) -> int:
    """The main job with nothing to set up."""
    from service.cli.demo import play

    return play(args.folder, live=args.live)


def init(args: argparse.Namespace) -> int:
    """Write a commented kallelse.toml and a network.toml to fill in; never writes over a file."""
    folder: Path = args.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("kallelse.toml", "network.toml"):
        if (folder / name).exists():
            raise Failed(f"{folder / name} finns redan; välj en annan mapp eller ta bort filen")
    for name in ("kallelse.toml", "network.toml"):
        shutil.copyfile(shipped("samples") / name, folder / name)
        print(f"skrev {folder / name}")
    print(f"Fyll i dem och kontrollera med: kallelse --config {folder / 'kallelse.toml'} doctor")
    return 0


def doctor(args: argparse.Namespace) -> int:
    """Check everything that `run` needs, a line for each thing."""
    from service.cli.doctor import examine

    return examine(args.config)
