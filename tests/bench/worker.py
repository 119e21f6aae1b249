"""One library in a process of its own: `worker.py LIBRARY` checks and times programs when asked.

Reads lines of JSON, answers with lines of JSON. Runs on Python 3.8, too. The parent gives each
process its turn, so that a busy machine disturbs all libraries alike. The clock counts processor
time, of all threads: on a machine with other work, ratios of it vary by 5 %, those of time on the
wall by 50 %. The garbage collector rests while the clock runs, for every library: what it costs
depends on what else the process holds.
"""

import ast
import contextlib
import gc
import importlib
import json
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = {
    "NumPy": "by_hand",
    "engine": "on_mxnet",
    "engine, traced": "on_mxnet",
    "HIPS autograd": "on_hips",
    "PyTorch": "on_torch",
    "MXNet 1.9.1": "on_mxnet",
}


def programs(library):
    """The programs of a library: name -> function that sets one up."""
    if library.startswith("engine"):
        sys.path.append(str(HERE.parent.parent))
        import engine

        engine.install()
    return importlib.import_module(MODULES[library]).PROGRAMS


def plain(x):
    """A gradient as nested lists."""
    for method in ("detach", "asnumpy"):
        x = getattr(x, method)() if hasattr(x, method) else x
    return x.tolist()


def sample(x, most=64):
    """Some of a gradient's elements, evenly picked: enough to tell a wrong one."""
    flat = x.reshape(-1)
    return plain(flat[:: max(1, flat.shape[0] // most)])


@contextlib.contextmanager
def watched(library, name, run):
    """A way to run the program: for "engine, traced" woven and watched, as the page runs it."""
    if library != "engine, traced":
        yield run
        return
    from engine.array import watch
    from engine.trace import Limits, Recorder

    recorder = watch.observer = Recorder(Limits(ops=10**9))
    path = str(HERE / "on_mxnet.py")
    tree = ast.parse(Path(path).read_text())
    recorder.sites.add_file(path, tree, [])
    recorder.turns.instrument(tree, path)
    space = {"__name__": "on_mxnet", **recorder.turns.hooks()}
    exec(compile(tree, path, "exec"), space)
    try:
        yield space["PROGRAMS"][name]()
    finally:
        watch.observer = None


#: In the browser there is the wall's time alone.
clock = time.perf_counter if sys.platform == "emscripten" else time.process_time


def timed(library, name, run, repeats):
    """Seconds of one run, the mean of `repeats` in a row."""
    with watched(library, name, run) as call:
        gc.collect()
        gc.disable()
        try:
            # Collecting, and the other processes, have emptied the processor's caches.
            for _ in range(repeats // 4):
                call()
            began = clock()
            for _ in range(repeats):
                call()
            return (clock() - began) / repeats
        finally:
            gc.enable()


def main():
    """Answers until the input ends."""
    library = sys.argv[1]
    answers = sys.stdout
    sys.stdout = sys.stderr  # whatever a library prints must not get between the answers
    sys.path.insert(0, str(HERE))
    made, known = {}, programs(library)
    for line in sys.stdin:
        ask = json.loads(line)
        try:
            if ask["do"] == "check":
                run = made[ask["program"]] = known[ask["program"]]()
                answer = {"gradients": [sample(g) for g in run()]}
            else:
                answer = {
                    "seconds": timed(library, ask["program"], made[ask["program"]], ask["repeats"])
                }
        except Exception as error:  # a library may not be able to do a program: that is an answer
            words = " ".join(str(error).split())
            answer = {"error": f"{type(error).__name__}: {words[-160:]}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
