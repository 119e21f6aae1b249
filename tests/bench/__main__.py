"""`make bench`: everything that is measured, as ratios within one run.

python tests/bench [programs] [browser] [startup] [picture] [links] [offload] [quick]
    default: all but `quick`
`quick`: the engine against NumPy by hand only, a few rounds
"""

import os
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]


def main() -> int:
    """Runs the benchmarks that the command line names."""
    wanted = sys.argv[1:] or ["programs", "browser", "startup", "picture", "links", "offload"]
    import numpy

    print(
        f"Python {platform.python_version()}, NumPy {numpy.__version__}, "
        f"{os.cpu_count()} cores, {platform.machine()}\n",
        flush=True,
    )
    import programs_bench

    if "quick" in wanted:
        cases = [name for name in wanted if name in programs_bench.CASES]
        programs_bench.table(
            ["NumPy", "engine", "engine, traced"], cases or programs_bench.CASES, 9
        )
    if "programs" in wanted:
        programs_bench.run()
    if "browser" in wanted:
        import browser_bench

        print("\n" + "\n".join(browser_bench.run()))
    if "startup" in wanted:
        import startup_bench

        print("\n" + "\n".join(startup_bench.run()))
    if "picture" in wanted:
        import picture_bench

        print("\n" + "\n".join(picture_bench.run()))
    if "links" in wanted:
        import link_bench

        print("\n" + "\n".join(link_bench.run()))
    if "offload" in wanted:
        import offload_bench

        print("\n" + "\n".join(offload_bench.run()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
