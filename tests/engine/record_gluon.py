"""Records what the real MXNet 1.9.1 shows for gluon_programs.py: run with its Python (3.8).

python tests/engine/record_gluon.py          writes tests/engine/golden/gluon.json
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import gluon_programs
import mxnet


def main():
    """Writes the golden file."""
    golden = {}
    for name, space, source in gluon_programs.programs():
        mxnet.name.NameManager._current.value = mxnet.name.NameManager()
        try:
            golden[name] = gluon_programs.run(source, space, mxnet)
        except Exception as problem:
            print(f"{name}: {type(problem).__name__}: {str(problem)[:300]}")
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(shown, separators=(',', ':'))}"
        for name, shown in golden.items()
    )
    path = Path(__file__).parent / "golden" / "gluon.json"
    path.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
