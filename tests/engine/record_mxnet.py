"""Record what the real MXNet 1.9.1 shows for programs.py (needs Python 3.8, not the engine).

    python3.8 -m pip install mxnet==1.9.1 'numpy<1.24'
    python3.8 tests/engine/record_mxnet.py

Writes golden/mxnet.json: for each program a list of [expression, what it shows].
"""

import json
from pathlib import Path

import mxnet
import numpy
from programs import programs, run

GOLDEN = Path(__file__).parent / "golden" / "mxnet.json"


def record(space, source):
    """What each line of a program shows, from a fresh start."""
    (mxnet.npx.set_np if space == "np" else mxnet.npx.reset_np)()
    mxnet.random.seed(0)
    mxnet.autograd.set_recording(False)
    mxnet.autograd.set_training(False)
    modules = {"mx": mxnet, "numpy": numpy, "autograd": mxnet.autograd}
    modules.update(nd=mxnet.nd, np=mxnet.np, npx=mxnet.npx)
    found = run(source, modules)
    mxnet.nd.waitall()
    return found


if __name__ == "__main__":
    recorded = {name: record(space, source) for space, name, source in programs()}
    lines = (json.dumps({k: v}, separators=(",", ":"))[1:-1] for k, v in recorded.items())
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(GOLDEN, len(recorded), "programs,", GOLDEN.stat().st_size, "bytes")
