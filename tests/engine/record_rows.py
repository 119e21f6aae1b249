"""Records what the real MXNet 1.9.1 computes for the cases of row_cases.py, forward and backward.

    .venv/bin/python -m tests.engine.row_cases > cases.txt      (any Python with the engine)
    python3.8 tests/engine/record_rows.py cases.txt [--all]     (MXNet 1.9.1, numpy < 1.24)

Writes golden/rows/{nd,np,npx}.json: cases that are recorded already are kept unless --all is given.
A worker process runs the cases, as some of them end MXNet's process; those are kept as {"crash"}.
Every case runs twice, and what MXNet does not repeat is kept as {"unstable"}. Functions that
MXNet has not are left out; names.json lists those that it has.
"""

import json
import re
import select
import subprocess
import sys
from pathlib import Path

ROWS = Path(__file__).resolve().parent / "golden" / "rows"
SECONDS = 30  # a case that takes longer is taken for a crash


def work():
    """Answers each line on standard input with a line of JSON."""
    import mxnet
    from row_runs import run

    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        case = line.rstrip("\n")
        first, second = run(case, mxnet), run(case, mxnet)
        if first != second:
            kept = {key: first[key] for key in first if first[key] == second.get(key)}
            first = {**kept, "unstable": sorted(set(first) - set(kept))}
        answers.write(json.dumps(first, separators=(",", ":")) + "\n")
        answers.flush()


def started():
    """A new worker."""
    return subprocess.Popen(
        [sys.executable, __file__, "--work"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
    )


def names():
    """The public names that MXNet has in each namespace."""
    import mxnet

    found = {"nd": mxnet.nd, "np": mxnet.np, "npx": mxnet.npx}
    return {key: sorted(n for n in dir(m) if n[0] != "_") for key, m in found.items()}


def main(path, everything):
    """Records the cases of the file `path`."""
    cases = [line for line in Path(path).read_text().splitlines() if line]
    ROWS.mkdir(exist_ok=True)
    known = {}
    for file in ROWS.glob("n*.json"):
        if not everything:
            known.update(json.loads(file.read_text()))
    worker = None
    for case in cases:
        if case in known:
            continue
        worker = worker or started()
        try:
            worker.stdin.write(case + "\n")
            worker.stdin.flush()
            ready = select.select([worker.stdout], [], [], SECONDS)[0]
            answer = worker.stdout.readline() if ready else ""
        except BrokenPipeError:
            answer = ""
        if answer:
            known[case] = json.loads(answer)
            continue
        worker.kill()
        worker.wait()
        worker = None
        known[case] = {"crash": True}
        print("crash:", case)
    there = names()

    def has(case):
        """Whether MXNet has the function that a case calls (it may still refuse)."""
        space, expression = case.split(" | ")[:2]
        called = re.match(r"(?:nd|npx?)\.(\w+)\(", expression)
        return not called or called.group(1) in there[space]

    for space in ("nd", "np", "npx"):
        kept = [case for case in cases if case.split(" | ")[0] == space]
        kept = [case for case in kept if known[case].get("raises") != "AttributeError" or has(case)]
        lines = (f"{json.dumps(c)}:{json.dumps(known[c], separators=(',', ':'))}" for c in kept)
        (ROWS / f"{space}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    (ROWS / "names.json").write_text(json.dumps(there, separators=(",", ":")) + "\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    if sys.argv[1] == "--work":
        work()
    else:
        main(sys.argv[1], "--all" in sys.argv)
