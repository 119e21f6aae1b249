"""Record what the real MXNet 1.9.1 computes for wider.py (needs Python 3.8, not the engine).

    python3.8 tests/engine/record_wider.py

Writes golden/wider.json: for each case a list of [shape, numbers].
"""

import json
from pathlib import Path

import mxnet
from wider import cases, run

GOLDEN = Path(__file__).parent / "golden" / "wider.json"

if __name__ == "__main__":
    lines = []
    for name, function, draws, gradients in cases(mxnet):
        found = run(mxnet, name, function, draws, gradients)
        parts = [[list(v.shape), [float(f"{n:.6g}") for n in v.ravel()]] for v in found]
        lines.append(json.dumps({name: parts}, separators=(",", ":"))[1:-1])
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(GOLDEN, len(lines), "cases,", GOLDEN.stat().st_size, "bytes")
