"""One program, run to its end in a process of its own: JSON on standard input, JSON on standard
output. `stored.py` starts it, so that nothing that a program does reaches the build of a course."""

import json
import sys

from engine import __version__
from engine.compact import compact
from engine.kernel import Kernel
from engine.links import LinkError, encode
from engine.trace import as_lists


def main() -> int:
    """Reads `{"code", "seed"}`; writes what `stored.Stored` holds."""
    given = json.load(sys.stdin)
    answer = sys.stdout
    json.dump(stored(given["code"], given["seed"]), answer)
    return 0


def stored(code: str, seed: int) -> dict:
    """The run as a link carries it, what was printed, and how it stopped early if it did."""
    run = Kernel().execute(code, seed=seed)
    trace = compact(as_lists(run.document(all_summaries=True)))
    document = {"code": code, "seed": seed, "engine": __version__}
    too_long = ""
    try:
        fragment = encode(document | {"trace": trace})
    except LinkError as error:
        too_long, fragment = str(error), encode(document)
    return {
        "fragment": fragment,
        "trace": trace,
        "printed": "".join(each.get("text", "") + _gap(each) for each in run.outputs),
        "stop": run.stops[0] if run.stops else None,
        "too_long": too_long,
    }


def _gap(output: dict) -> str:
    """The shown value of a cell ends with a line like everything printed."""
    return "\n" if output["type"] == "result" else ""


if __name__ == "__main__":
    sys.exit(main())
