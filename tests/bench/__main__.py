"""`make bench`: everything that is measured, as ratios within one run.

python tests/bench [engine] [startup]      default: all
"""

import os
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]


def main() -> int:
    """Runs the benchmarks that the command line names."""
    wanted = sys.argv[1:] or ["engine", "startup"]
    import numpy

    print(
        f"Python {platform.python_version()}, NumPy {numpy.__version__}, "
        f"{os.cpu_count()} cores, {platform.machine()}\n"
    )
    if "engine" in wanted:
        import engine_bench

        print("\n".join(engine_bench.run()), "\n")
    if "startup" in wanted:
        import startup_bench

        print("\n".join(startup_bench.run()), "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
