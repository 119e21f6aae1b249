"""Records what course_programs.py prints in the real MXNet 1.9.1: run with its Python (3.8).

python tests/engine/record_courses.py          writes tests/engine/golden/courses.json

Each program has a process of its own, as a course's cells have.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from course_programs import printed, programs


def one(name):
    """Prints, as JSON, what a program prints."""
    import mxnet

    mxnet.npx.reset_np()
    mxnet.random.seed(0)
    print(json.dumps(printed(next(text for _, found, text in programs() if found == name))))


def main():
    """Writes the golden file."""
    golden = {}
    for _, name, _ in programs():
        done = subprocess.run([sys.executable, __file__, name], stdout=subprocess.PIPE, text=True)
        if done.returncode or "stopped by" in done.stdout:
            print(name, done.returncode, done.stdout.split("stopped by")[-1][:300])
        if done.stdout:
            golden[name] = json.loads(done.stdout)
    path = Path(__file__).parent / "golden" / "courses.json"
    path.write_text(json.dumps(golden, indent=0) + "\n")


if __name__ == "__main__":
    one(sys.argv[1]) if sys.argv[1:] else main()
