"""The commands of `kallelse`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from service.adapters.inspecting import inspect


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="kallelse")
    commands = parser.add_subparsers(dest="command", required=True)
    look = commands.add_parser("inspect", help="visa hur ett brev läses, och varför")
    look.add_argument("--json", action="store_true")
    look.add_argument("--network", type=Path, required=True)
    look.add_argument("files", nargs="+", type=Path)
    args = parser.parse_args(argv)
    return inspect(args.network, args.files, as_json=args.json, out=sys.stdout, err=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
