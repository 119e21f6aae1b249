"""What is recorded of MXNet runs on a server too: with the switch, and with arrays made there.

Each case runs on FakeCuPy behind frames and on the host, and both must say the same. Of each
function some cases run; `SWEEP=all` in the environment runs all of them (a minute).
"""

import math
import os
import re
import warnings

import numpy
import pytest

import engine
from engine import elsewhere, gpu
from engine.devices import HOST, cuda
from engine.devices.executor import Executor
from engine.devices.remote import RemoteDevice, local
from engine.devices.session import Session
from engine.facade.gluon.naming import names

from . import gluon_programs, row_runs, wider
from .test_gluon import difference
from .test_recorded_rows import GOLDEN, GROUPS

engine.install()

import mxnet as mx  # noqa: E402

#: Cases of each function that are tried.
EACH = 10_000 if os.environ.get("SWEEP") == "all" else 5

#: (case, what happens there) -> why it need not be what happens here.
APART = (
    (r"np\.(clip|full_like|linspace|\w*split)\(a, b\)|nd\.(clip|split_v2)\(a, b\)", "raises",
     "An array in the place of an option: a server takes plain numbers there, and says so."),
    (r"(FullyConnected|fully_connected|linalg_\w+)\(a(, b)?\) \| .* f4 3 \|", "raises",
     "A vector where MXNet wants a matrix: MXNet refuses it, our host does not."),
    (r"nd \| nd\.(modulo|rint|erf|erfinv|gamma|gammaln)\(.* f4  \|", "shape",
     "NDArrays have an axis at least; our host keeps NumPy's array without one for a few rows."),
)  # fmt: skip


@pytest.fixture(scope="module")
def device():
    made = gpu.use(RemoteDevice(local(Session(Executor(cuda.fake())))))
    yield made
    gpu.disconnect()


class _There:
    """A namespace whose `array` makes arrays on the server."""

    def __init__(self, space):
        self._space = space

    def __getattr__(self, name):
        return getattr(self._space, name)

    def array(self, *given, **named):
        return self._space.array(*given, **{"ctx": mx.gpu(0), **named})


class _Library:
    """MXNet whose cases make their operands on the server."""

    nd, np = _There(mx.nd), _There(mx.np)

    def __getattr__(self, name):
        return getattr(mx, name)


#: How a case comes to the server: the library that makes its operands, and the switch.
WAYS = {"with the switch": (mx, True), "with a context": (_Library(), False)}


def begun(run):
    """What `run()` gives from the same beginning each time."""
    HOST.xp.random.seed(0)
    numpy.random.seed(0)
    names.reset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return run()


def both(device, way, run):
    """What `run(library)` gives on the server and on the host."""
    library, switched = WAYS[way]
    elsewhere.switch(device if switched else None)
    try:
        there = begun(lambda: run(library))
    finally:
        elsewhere.switch(None)
    return there, begun(lambda: run(mx))


def near(there, here, rough=2e-5) -> str | None:
    """In what way two kept results differ, in a word; None when they do not."""
    if there[0] in ("list", "plain", "type") or here[0] in ("list", "plain", "type"):
        if there[0] != here[0]:
            return "kind"
        if there[0] != "list":
            return None if there == here else "value"
        if len(there[1]) != len(here[1]):
            return "length"
        parts = zip(there[1], here[1], strict=True)
        return next((word for a, b in parts if (word := near(a, b, rough))), None)
    if there[0] != here[0]:
        return "dtype"
    if there[1] != here[1]:
        return "shape"
    a, b = (row_runs.unpacked(kept) for kept in (there, here))
    exact = a.dtype.kind != "f"
    relative = 0 if exact else max(rough, 4e-3 if a.dtype == "float16" else 0)
    return None if numpy.allclose(a, b, relative, relative / 5, equal_nan=True) else "value"


def gap(case, there, here) -> str | None:
    """In what way a case is not on the server what it is here."""
    if ("raises" in there) != ("raises" in here):
        return "raises" if "raises" in there else "works"
    if "raises" in there:
        return None  # whose words may differ
    if ("backward" in there) != ("backward" in here) or ("grads" in there) != ("grads" in here):
        return "gradient"
    rough = 4e-3 if " f2 " in case else 2e-5  # the narrowest operand decides
    found = near(there["value"], here["value"], rough)
    if found or "grads" not in there:
        return found
    pairs = zip(there["grads"], here["grads"], strict=True)
    return next((word for a, b in pairs if (word := near(a, b, rough))), None)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("group", GROUPS)
def test_a_function_gives_there_what_it_gives_here(device, way, group):
    cases = [case for case in GROUPS[group] if "crash" not in GOLDEN[case]]
    if way == "with a context":  # what such a case itself makes stays on the CPU
        cases = [case for case in cases if not re.search(r"(ones|zeros|array)\(\S* [*+]", case)]
    wrong = []
    for case in cases[:: max(1, math.ceil(len(cases) / EACH))]:
        word = gap(case, *both(device, way, lambda library, c=case: row_runs.run(c, library)))
        if word and not any(re.search(where, case) and word == how for where, how, _ in APART):
            wrong.append(f"{case}: {word}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "space", "source"), [pytest.param(*p, id=p[0]) for p in gluon_programs.programs()]
)
def test_a_program_with_gluon_shows_the_same_there(device, name, space, source):
    there, here = both(
        device, "with the switch", lambda library: gluon_programs.run(source, space, library)
    )
    assert difference(there, here) is None


#: Cases whose first array is made by `nd.zeros`, on the CPU.
OF_TWO_PLACES = {"fill_element_0index"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [name for name, *_ in wider.cases(mx)])
def test_further_operators_give_there_what_they_give_here(device, way, name):
    if name in OF_TWO_PLACES and way == "with a context":
        return

    def run(library):
        function, *rest = next(case[1:] for case in wider.cases(library) if case[0] == name)
        return wider.run(library, name, function, *rest)

    for a, b in zip(*both(device, way, run), strict=True):
        numpy.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)
