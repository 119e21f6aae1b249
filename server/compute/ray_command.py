"""`python -m server ray list | end`: the devices on a Ray that outlive the servers before them."""

import argparse
import sys
from collections.abc import Sequence

from .place import Unusable
from .ray_home import end, join, listed
from .settings import Settings

NAMESPACE = Settings.namespace


def main(arguments: Sequence[str]) -> int:
    """Status 0, or 1 after one line about what is wrong."""
    options = _parser().parse_args(arguments)
    try:
        join(options.address)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return 1
    names = listed(NAMESPACE)
    if options.what == "end":
        end(NAMESPACE, names)
    print(*names, sep="\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m server ray",
        description="Devices on Ray stay when servers end, and so do their sessions.",
    )
    parser.add_argument("what", choices=["list", "end"], help="name them, or end and name them")
    parser.add_argument("--address", default="auto", help="where Ray is (%(default)s)")
    return parser
