"""Command line: run a `# %%` script, print its trace or its link, list the operations and names."""

import argparse
import json
import sys
from pathlib import Path

from . import __version__


def main(argv=None) -> int:
    """Runs the command line; returns the exit status (1: the program raised, 2: bad usage)."""
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run a script's cells as a notebook would")
    run.add_argument("--json", action="store_true", help="print one JSON object with the cells")
    run.add_argument("file", type=Path)
    trace = commands.add_parser("trace", help="print the trace document as JSON")
    trace.add_argument("file", type=Path)
    link = commands.add_parser("link", help="print a link to the script, from its # on")
    link.add_argument("file", type=Path)
    unlink = commands.add_parser("unlink", help="print the script that a link holds")
    unlink.add_argument("text", help="a link, with or without the address before its #")
    ops = commands.add_parser("ops", help="list the operations")
    names = commands.add_parser("names", help="list the names of each namespace")
    for command in (ops, names):
        command.add_argument("--json", action="store_true", help="print JSON")
    for command in (run, trace, link):
        command.add_argument("--seed", type=int, default=0, help="seed of the random numbers")
    given = parser.parse_args(argv)
    if given.command == "unlink":
        return _unlink(given.text)
    if given.command in ("run", "trace", "link"):
        try:
            code = given.file.read_text(encoding="utf-8")
        except OSError as problem:
            print(f"{given.file}: cannot be read ({problem.strerror})", file=sys.stderr)
            return 2
        return {"run": _run, "trace": _trace, "link": _link}[given.command](code, given)
    return (_ops if given.command == "ops" else _names)(given)


def _run(code, given) -> int:
    from .kernel import Kernel

    done = Kernel().execute(code, seed=given.seed, tell=None if given.json else _show)
    failed = bool(done.stops)
    if given.json:
        print(json.dumps({"cells": cell_outputs(done), "stops": done.stops}))
    elif failed:
        print(f"stopped: {done.stops[-1]['message']}", file=sys.stderr)
    return int(failed)


def cell_outputs(done) -> list[dict]:
    """What each code cell showed: "stdout", "result" and "error"."""
    found = []
    for index, cell in enumerate(done.cells):
        if cell.kind != "code" or cell.role in ("hint", "check", "solution"):
            continue
        own = [o for o in done.outputs if o["cell"] == index]
        errors = [o["error"] for o in own if o["type"] == "error"]
        errors += [s for s in done.stops if s["cell"] == index and s["reason"] != "error"]
        found.append(
            {
                "stdout": "".join(o["text"] for o in own if o["type"] == "stdout"),
                "result": next((o["text"] for o in own if o["type"] == "result"), None),
                "error": "; ".join(_words(e) for e in errors) or None,
            }
        )
    return found


def _words(error) -> str:
    name = error.get("name")
    where = f" (line {error['line']})" if error["line"] > 0 else ""
    return f"{name}: {error['message']}{where}" if name else error["message"] + where


def _show(kind, data) -> None:
    if kind != "output":
        return
    if data["type"] == "verdict":
        word = "right" if data["correct"] else "not yet"
        sys.__stdout__.write(f"{word}: {data['text']}".rstrip(": ") + "\n")
        return
    stream = sys.__stderr__ if data["type"] in ("stderr", "error") else sys.__stdout__
    text = _words(data["error"]) + "\n" if data["type"] == "error" else data["text"]
    stream.write(text + "\n" if data["type"] == "result" else text)


def _trace(code, given) -> int:
    from .kernel import Kernel
    from .trace import as_lists

    done = Kernel().execute(code, seed=given.seed)
    print(json.dumps(as_lists(done.document(all_summaries=True)), allow_nan=False))
    return int(bool(done.stops))


def _link(code, given) -> int:
    from .links import LinkError, encode

    try:
        print(encode({"code": code, "engine": __version__, "seed": given.seed}))
    except LinkError as problem:
        print(f"{given.file}: {problem}", file=sys.stderr)
        return 2
    return 0


def _unlink(text) -> int:
    from .links import LinkError, decode

    try:
        code = decode(text.strip())["code"]
    except LinkError as problem:
        print(problem, file=sys.stderr)
        return 2
    sys.stdout.write(code.encode("utf-8", "replace").decode())
    return 0


def _ops(given) -> int:
    from .reference import BEHIND, functions_table, ops_table

    rows = ops_table()
    if given.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        found = [f"{space}.{name}" for space, names in row["names"].items() for name in names]
        found = found or [f"({BEHIND.get(row['name'], 'rules')})"]
        cost = f"flops: {row['flops']}; bytes: {row['bytes']}"
        spaces = ", ".join(found)
        print(f"{row['name']:21} {row['family']:12} order {row['order']:5} {spaces}  [{cost}]")
    print("\nFunctions made of these (they cost what their operations cost) or of NumPy's:\n")
    for row in functions_table():
        kind = "of rows" if row["order"] == "any" else "no gradient"
        print(f"{row['name']:21} {kind:12} order {row['order']:5} {', '.join(row['names'])}")
    return 0


def _names(given) -> int:
    from .reference import names_table

    table = names_table()
    if given.json:
        print(json.dumps(table))
        return 0
    for space, entries in table.items():
        print(f"{space}: {', '.join(entry['name'] for entry in entries)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
