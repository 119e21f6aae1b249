"""Records a real trace for every reason that the page can give for a gradient.

    python -m tests.engine.record_why        writes tests/web/fixtures/why.json

Each program ends with the pass that is asked about; `ask` is the variable, `reason` the answer.
"""

import json
from pathlib import Path

from engine.kernel import Kernel
from engine.trace import as_lists

TARGET = Path(__file__).parents[1] / "web" / "fixtures" / "why.json"
HEAD = "from mxnet import np, npx, autograd\nx = np.array([1.0, 2.0, 3.0])\nx.attach_grad()\n"
RECORD = "with autograd.record():\n"


def program(body: str, before: str = "") -> str:
    """A program that records `body` on the leaf x and goes back from y."""
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"{HEAD}{before}{RECORD}{lines}y.backward()\n"


CASES = [
    ("not attached", "w", program("y = x * w", "w = np.array([2.0, 2.0, 2.0])\n")),
    ("outside record", "w", program("y = x * w", "w = x + 1\n")),
    ("paused", "w", program("with autograd.pause():\n    w = x * 2\ny = x * w")),
    ("detached", "u", program("u = (x * x).detach()\ny = u * x")),
    ("detached", "z", program("z = x * x\nu = z.detach()\ny = u * x")),
    ("no pass", "y", f"{HEAD}{RECORD}    y = x * x\n"),
    ("not used", "z", program("z = x * 3\ny = x * x")),
    ("not reached", "z", program("z = x * 3\nw = z + 1\ny = x * x")),
    (
        "zero head gradient",
        "x",
        program("y = x * x").replace("backward()", "backward(np.zeros(3))"),
    ),
    ("step", "x", program("y = np.sign(x)")),
    ("no path", "x", program("y = (x > 2) * 1.0")),
    ("dead relu", "x", program("y = npx.relu(x - 10)")),
    ("saturated", "x", program("y = np.tanh(x * 100)")),
    ("times zero", "x", program("y = x * w", "w = np.zeros(3)\n")),
    ("other side", "x", program("y = np.maximum(x, 10.0)")),
    ("not the extreme", "x", program("y = x.max()")),
    ("not chosen", "x", program("y = x[1]")),
    ("clipped", "x", program("y = np.clip(x, -1.0, 0.5)")),
    ("cancelled", "x", program("y = x * 2 - x * 2")),
    ("flat", "x", program("y = np.cos(x * 0)")),
    ("division by zero", "x", program("y = x / (x - 1)")),
    ("outside its domain", "x", program("y = np.sqrt(x - 5)")),
    ("overflow", "x", program("y = np.exp(x * 100)")),
    ("infinite slope", "x", program("y = np.sqrt(x - 1)")),
    ("given", "x", program("y = x * x").replace("[1.0, 2.0, 3.0]", "[1.0, 2.0, np.inf]")),
    ("grown", "x", program("y = x\nfor _ in range(30):\n    y = y * 2")),
    ("shrunk", "x", program("y = x\nfor _ in range(30):\n    y = y * 0.5")),
]


def record() -> list[dict]:
    """Every case with its trace."""
    found = []
    for reason, ask, code in CASES:
        done = Kernel().execute(code)
        assert not done.stops, (reason, done.stops)
        trace = as_lists(done.document(all_summaries=True))
        found.append({"reason": reason, "ask": ask, "trace": trace})
    return found


if __name__ == "__main__":
    text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in record())
    TARGET.write_text(f"[\n{text}\n]\n", encoding="utf-8")
