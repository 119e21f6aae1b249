"""Program frames in tests: their meaning as JSON, programs by hand, hypothesis strategies."""

import json
import math
from pathlib import Path

import numpy
from hypothesis import strategies as st

import engine.ops  # noqa: F401  fills the table of rows
from engine.opcodes import ATTRIBUTES, DTYPES, ITEMSIZES, MAY_HOLD, OPCODES, PARTS, PLACES
from engine.program import Call, Handle, Program, Read, Upload
from engine.registry import OPS

FOLDER = Path(__file__).parent / "golden" / "frames"

# ----- Meaning as JSON: an array is a tuple, text a dtype or a word, the rest has one key -----


def to_json(value):
    """A value of a frame as JSON can hold it."""
    if isinstance(value, Handle):
        return {"handle": value.id}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if isinstance(value, tuple):
        return [to_json(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def from_json(value):
    """What `to_json` was given."""
    if isinstance(value, list):
        return tuple(map(from_json, value))
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "slice":
        return slice(*content)
    return {"handle": Handle, "ellipsis": lambda _: Ellipsis, "float": float}[kind](content)


def meaning(program: Program) -> dict:
    """A program as JSON."""
    return {
        "seq": program.seq,
        "uploads": [
            {"handle": u.handle, "dtype": u.dtype, "shape": list(u.shape), "data": u.data.hex()}
            for u in program.uploads
        ],
        "calls": [
            {
                "op": call.op,
                "inputs": [to_json(x) for x in call.inputs],
                "attrs": {name: to_json(x) for name, x in call.attrs.items()},
                "first_out": call.first_out,
                "outputs": call.outputs,
                "nd": call.nd,
            }
            for call in program.calls
        ],
        "frees": list(program.frees),
        "reads": [[read.handle, read.mode] for read in program.reads],
    }


def program_of(said: dict) -> Program:
    """The program of a meaning."""
    return Program(
        said["seq"],
        tuple(
            Call(
                call["op"],
                tuple(from_json(x) for x in call["inputs"]),
                {name: from_json(x) for name, x in call["attrs"].items()},
                call["first_out"],
                call["outputs"],
                call["nd"],
            )
            for call in said["calls"]
        ),
        tuple(
            Upload(u["handle"], u["dtype"], tuple(u["shape"]), bytes.fromhex(u["data"]))
            for u in said["uploads"]
        ),
        tuple(said["frees"]),
        tuple(Read(handle, mode) for handle, mode in said["reads"]),
    )


def lines_of(frame: bytes) -> str:
    """A frame as hexadecimal text, 16 bytes a line."""
    return "".join(frame[at : at + 16].hex(" ", 4) + "\n" for at in range(0, len(frame), 16))


def golden_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.hex"))


def golden(name: str) -> tuple[bytes, dict]:
    """A golden frame and its meaning."""
    frame = bytes.fromhex((FOLDER / f"{name}.hex").read_text())
    return frame, json.loads((FOLDER / f"{name}.json").read_text())


# ----- Programs by hand -----


class Written:
    """A program that is being written: handles are given in order.

    >>> p = Written(); x = p.upload([1.0, 2.0]); p.read(p.call("sin", x)); p.program()
    """

    def __init__(self, seq: int = 1, first: int = 1, nd: bool = False):
        self.seq, self.next, self.nd = seq, first, nd
        self.calls, self.uploads, self.frees, self.reads = [], [], [], []

    def _new(self, count=1):
        self.next += count
        return self.next - count

    def upload(self, values, dtype="float32") -> Handle:
        raw = numpy.ascontiguousarray(numpy.asarray(values, dtype=dtype))
        shape = numpy.shape(values)  # ascontiguousarray gives numbers an axis
        self.uploads.append(Upload(self._new(), raw.dtype.name, shape, raw.tobytes()))
        return Handle(self.next - 1)

    def call(self, op, *inputs, outputs=1, **attrs):
        """The handle of the result, or a list of them."""
        first = self._new(outputs)
        self.calls.append(Call(op, inputs, attrs, first, outputs, self.nd))
        made = [Handle(first + k) for k in range(outputs)]
        return made if outputs > 1 else made[0]

    def read(self, *handles, mode="full"):
        self.reads += [Read(handle.id, mode) for handle in handles]
        return self

    def free(self, *handles):
        self.frees += [handle.id for handle in handles]
        return self

    def program(self) -> Program:
        return Program(
            self.seq, tuple(self.calls), tuple(self.uploads), tuple(self.frees), tuple(self.reads)
        )


# ----- Strategies -----

INTS = st.integers(-(2**63), 2**63 - 1)
SMALL = st.integers(-9, 9)
USUALLY = st.sampled_from([True, True, True, False])
NUMBERS = st.one_of(st.booleans(), INTS, st.floats())
TUPLES = st.lists(SMALL, max_size=5).map(tuple)
BOUND = st.none() | INTS


def key_parts(below):
    """Parts of an index whose handles are below a number."""
    handles = st.integers(1, below - 1).map(Handle) if below > 1 else st.nothing()
    return st.one_of(
        st.none(), SMALL, st.just(Ellipsis), st.builds(slice, BOUND, BOUND, BOUND), handles
    )


def held(form, below):
    """Values of a form of `opcodes.FORMS`."""
    places = st.sampled_from(PLACES)
    return {
        "none": st.none(),
        "flag": st.booleans() | SMALL,
        "int": INTS | SMALL,
        "ints": TUPLES | st.lists(INTS, max_size=3).map(tuple),
        "number": NUMBERS,
        "place": places,
        "places": st.lists(places, max_size=4).map(tuple),
        "pair": st.tuples(TUPLES | places, TUPLES | places),
        "parts": st.sampled_from(PARTS),
        "labels": st.lists(st.lists(st.integers(0, 51), max_size=3).map(tuple), max_size=3).map(
            tuple
        ),
        "dtype": st.sampled_from(sorted(DTYPES)),
        "mode": st.sampled_from(["clip", "wrap"]),
        "key": key_parts(below) | st.lists(key_parts(below), max_size=4).map(tuple),
    }[form]


@st.composite
def programs(draw) -> Program:
    """Any program that a frame can hold: well-formed, and partly of use."""
    uploads, handle = [], draw(st.integers(1, 9))
    for _ in range(draw(st.sampled_from([2, 1, 3, 0]))):  # the first is drawn most
        dtype = draw(st.sampled_from(sorted(DTYPES)))
        shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
        size = math.prod(shape) * ITEMSIZES[dtype]
        data = draw(st.binary(min_size=size, max_size=size))
        uploads.append(Upload(handle, dtype, shape, data))
        handle += draw(st.integers(1, 3))
    calls = []
    for _ in range(draw(st.integers(0, 5))):
        op = draw(st.sampled_from(sorted(OPCODES)))
        row = OPS[op]
        sensible = draw(USUALLY)
        handles = [*(u.handle for u in uploads), *(c.first_out for c in calls)]
        outputs = 1 if sensible else draw(st.integers(1, 3))
        count = len(row.operands) if sensible else draw(st.integers(0, 3))
        operands = tuple(
            Handle(draw(st.sampled_from(handles))) if handles and draw(USUALLY) else draw(NUMBERS)
            for _ in range(count)
        )
        if sensible and row.samples:
            attrs = {**row.attrs, **draw(st.sampled_from(row.samples)).attrs}
        else:
            attrs = {
                name: draw(st.one_of([held(form, handle) for form in MAY_HOLD[name]]))
                for name in ATTRIBUTES[op]
            }
        calls.append(Call(op, operands, attrs, handle, outputs, draw(st.booleans())))
        handle += outputs
    some = st.lists(st.integers(1, handle + 2), unique=True, max_size=4)
    reads = [Read(h, draw(st.sampled_from(["full", "summary"]))) for h in draw(some)]
    seq = draw(st.integers(0, 2**32 - 1))
    return Program(seq, tuple(calls), tuple(uploads), tuple(draw(some)), tuple(reads))


WILD = st.sampled_from(
    [0, 1, -1, 2, 3, 64, -64, 65535, 2**31, -(2**31), 2**62, -(2**63), 2**63 - 1]
)
WILD_FORMS = {
    "int": WILD,
    "ints": st.lists(WILD, max_size=9).map(tuple),
    "number": WILD | st.sampled_from([0.0, -1.5, math.nan, math.inf, 1e300, -1e-300]),
}


@st.composite
def wild_calls(draw) -> Program:
    """One call of an op on small arrays, with one or all of its attributes made wild."""
    p = Written(nd=draw(st.booleans()))
    arrays = []
    for _ in range(3):
        shape = tuple(draw(st.lists(st.integers(0, 3), max_size=3)))
        values = numpy.arange(math.prod(shape)).reshape(shape) % 5 - 1
        arrays.append(p.upload(values, draw(st.sampled_from(sorted(DTYPES)))))
    op = draw(st.sampled_from([name for name in OPCODES if ATTRIBUTES[name]]))
    row = OPS[op]
    attrs = {
        name: draw(st.one_of([WILD_FORMS.get(form, held(form, 4)) for form in MAY_HOLD[name]]))
        for name in ATTRIBUTES[op]
    }
    if draw(st.booleans()):
        one = draw(st.sampled_from(ATTRIBUTES[op]))
        attrs = {**row.attrs, **draw(st.sampled_from(row.samples)).attrs, one: attrs[one]}
    operands = [draw(st.sampled_from(arrays)) for _ in row.operands]
    made = p.call(op, *operands, outputs=draw(st.sampled_from([1, 1, 1, 3, 64])), **attrs)
    return p.read(made[-1] if isinstance(made, list) else made).program()
