"""Hostile frames of every operation, through the server's own door: each gets an answer, none is a
mistake of the server's, none takes more memory than was forecast, and the session goes on.

Frames are whole and their checksums right, so that they come to the rules and to the device;
`tests/engine/test_program.py` damages bytes. More of it: `AUTOGRAD_FUZZ=20000 pytest …`.
"""

import os
import tracemalloc

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.devices import HOST, cuda, executor, fakecupy
from engine.devices.executor import Executor, Limits
from engine.devices.forecast import Spec, forecast
from engine.devices.ledger import HANDLE
from engine.opcodes import ATTRIBUTES, DTYPES, MAY_HOLD, OPCODES
from engine.program import CODES, Call, Handle, Program, Read, Upload, decode, encode
from engine.registry import OPS
from engine.reply import decode_reply
from tests.engine.frames import WILD_FORMS, held, programs

from .conftest import Server

EXAMPLES = int(os.environ.get("AUTOGRAD_FUZZ", "0"))
ENOUGH = dict(deadline=None, derandomize=not EXAMPLES, suppress_health_check=list(HealthCheck))

#: The codes with which a server may refuse a frame.
REFUSED = {400, 413}

# What NumPy says of odd numbers is of no interest here.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@some.composite
def hostile(draw) -> Program:
    """A call of any operation, and one that uses what it gave: operands of odd shapes and dtypes,
    that are not there, too many or too few; attributes that are odd, huge, or left out."""
    uploads = []
    for handle in (1, 2, 3):
        dtype = draw(some.sampled_from(sorted(DTYPES)))
        shape = tuple(draw(some.lists(some.integers(0, 3), max_size=4)))
        raw = numpy.arange(numpy.prod(shape, dtype=int)).reshape(shape) % 5 - 1
        uploads.append(Upload(handle, dtype, shape, raw.astype(dtype).tobytes()))
    op = draw(some.sampled_from(sorted(OPCODES)))
    row = OPS[op]
    handles = some.sampled_from([Handle(1), Handle(2), Handle(3)])
    if draw(some.booleans()):
        operands = [draw(handles) for _ in row.operands]
    else:
        odd = handles | some.just(Handle(9)) | WILD_FORMS["number"]
        operands = draw(some.lists(odd, max_size=5))
    attrs = {
        name: draw(some.one_of([WILD_FORMS.get(form, held(form, 4)) for form in MAY_HOLD[name]]))
        for name in ATTRIBUTES[op]
    }
    if row.samples and draw(some.booleans()):
        sane = {**row.attrs, **draw(some.sampled_from(row.samples)).attrs}
        # Nearly right gets furthest.
        attrs = {**sane, **{k: v for k, v in attrs.items() if draw(some.integers(0, 3)) == 0}}
    kept = draw(some.integers(0, len(attrs))) if draw(some.integers(0, 9)) == 0 else len(attrs)
    attrs = {name: attrs[name] for name in ATTRIBUTES[op][:kept]}
    outputs = draw(some.sampled_from([1, 1, 1, 2, 3, 4096]))
    nd = draw(some.booleans())
    calls = (
        Call(op, tuple(operands), attrs, 10, outputs, nd),
        Call("add", (Handle(10), Handle(draw(some.integers(1, 3)))), {}, 10_000, 1, nd),
    )
    frees = tuple(draw(some.lists(some.sampled_from([1, 2, 10, 77]), unique=True)))
    reads = (Read(10), Read(10_000, "summary"), Read(3), Read(2**31))
    return Program(1, calls, tuple(uploads), frees, reads)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(
        tmp_path_factory.mktemp("site"),
        place="inside",
        opens_per_minute=10**6,
        frames_per_minute=10**6,
        session_bytes=4 << 20,
    )
    yield made
    made.service.stop()


def answered(server: Server, frame: bytes) -> None:
    """Sends a frame in a session of its own; the answer is one of those that the protocol knows."""
    sid = server.sid()
    found = server.frame(sid, frame)
    if found.status_code == 200:
        outcome = decode_reply(found.data)
        told = [*outcome.errors, *(v.error for v in outcome.values if v.error)]
        assert {error.code for error in told} <= set(CODES) - {"INTERNAL", "LOST"}, told
        assert outcome.account.held_bytes <= 4 << 20
    else:
        assert found.status_code in REFUSED and found.json["code"] in CODES
    # The session goes on, and in the end nothing is left.
    following = server.frame(sid, encode(Program(2 if found.status_code == 200 else 1)))
    assert following.status_code == 200
    assert server.client.delete(f"/api/v1/sessions/{sid}").status_code == 204
    assert server.service.status() == {"sessions": 0, "held_bytes": 0}


@given(program=hostile())
@settings(max_examples=EXAMPLES or 300, **ENOUGH)
def test_a_hostile_call_of_any_operation_is_answered(server, program):
    answered(server, encode(program))


@given(program=programs())
@settings(max_examples=EXAMPLES or 80, **ENOUGH)
def test_any_program_is_answered(server, program):
    answered(server, encode(program._replace(seq=1)))


@given(data=some.data())
@settings(max_examples=EXAMPLES or 80, **ENOUGH)
def test_a_changed_frame_with_the_right_checksum_is_answered(server, data):
    from zlib import crc32

    from engine.program import SEALED

    frame = bytearray(encode(data.draw(hostile())))
    for _ in range(data.draw(some.integers(1, 4))):
        at = data.draw(some.integers(0, len(frame) - 1))
        frame[at] = data.draw(some.sampled_from([0, 1, 0x7F, 0x80, 0xFF]) | some.integers(0, 255))
    frame[4:6] = b"\1\0"
    frame[8:12] = (1).to_bytes(4, "little")
    frame[SEALED : SEALED + 4] = bytes(4)
    frame[SEALED : SEALED + 4] = crc32(frame[SEALED + 4 :], crc32(frame[:SEALED])).to_bytes(
        4, "little"
    )
    answered(server, bytes(frame))


#: What the measuring itself, messages and Python's own small things take.
SLACK = 256 << 10


def peak_of(program: Program) -> tuple[int, int]:
    """The most bytes that running a program took at once, and what was forecast for it."""
    forecasts = []
    plain = executor.forecast

    def noted(*given):
        plan = plain(*given)
        forecasts.append(plan.nbytes + plan.workspace)
        return plan

    made = Executor(HOST, Limits(held_bytes=32 << 20, workspace=64 << 20, work=10**9))
    program = decode(encode(program))
    executor.forecast = noted
    tracemalloc.start()
    try:
        made.run(program)
        return tracemalloc.get_traced_memory()[1], sum(forecasts)
    finally:
        tracemalloc.stop()
        executor.forecast = plain


@given(program=hostile())
@settings(max_examples=EXAMPLES or 150, **ENOUGH)
def test_no_call_takes_more_memory_than_was_forecast(program):
    peak, forecast = peak_of(program._replace(reads=()))
    handles = sum(call.outputs for call in program.calls)
    assert peak <= forecast + handles * HANDLE + SLACK


#: What FakeCuPy leaves in memory that was given back.
POISON = b"\xa5"


@pytest.mark.parametrize("op", sorted(OPCODES))
def test_nothing_of_what_memory_held_before_is_seen(op):
    """A session's arrays are freed, and another's take their memory: every element of a result was
    written by the row that made it."""
    pool = fakecupy.get_default_memory_pool()
    device = cuda.fake()
    rng = numpy.random.default_rng(5)
    pool.poison = True
    try:
        for sample in OPS[op].samples:
            raws = [
                rng.integers(0, int(sample.high), shape).astype("float64")
                if k in sample.integers
                else rng.uniform(sample.low, sample.high, shape)
                for k, shape in enumerate(sample.shapes)
            ]
            for raw in raws:
                if sample.dominant and raw.shape[-1] == raw.shape[-2]:
                    raw += 4 * numpy.eye(raw.shape[-1])
            # The other session's, of the sizes that are asked for next.
            secrets = [device.array(numpy.full(n, 1.5)) for n in (1, 2, 4, 6, 8, 12, 16, 24)] * 3
            del secrets
            uploads = tuple(
                Upload(k, "float64", raw.shape, numpy.ascontiguousarray(raw).tobytes())
                for k, raw in enumerate(raws, 1)
            )
            attrs = {**OPS[op].attrs, **sample.attrs}
            plan = forecast(OPS[op], [Spec(raw.shape, "float64") for raw in raws], attrs, False)
            made = range(10, 10 + len(plan.results))
            call = Call(
                op, tuple(Handle(upload.handle) for upload in uploads), attrs, 10, len(made)
            )
            outcome = Executor(device).run(
                Program(1, (call,), uploads, (), tuple(Read(handle) for handle in made))
            )
            for value in outcome.values:
                assert value.error is None
                assert POISON * min(8, max(len(value.data), 1)) not in value.data
    finally:
        pool.poison = False


LARGE = 300


@pytest.mark.parametrize("op", sorted(OPCODES))
def test_large_operands_take_no_more_memory_than_was_forecast(op):
    """Samples of the rows are too small to tell; here operands have up to 90,000 elements."""
    row = OPS[op]
    if not row.operands:
        pytest.skip("it has no operands")
    tried = 0
    for shape in ((LARGE, LARGE), (LARGE * LARGE,), (1, 8, 96, 96)):
        for sample in row.samples or [None]:
            attrs = {**row.attrs, **(sample.attrs if sample else {})}
            if not set(attrs) <= set(ATTRIBUTES[op]):
                continue
            raw = numpy.linspace(0.1, 0.9, int(numpy.prod(shape))).reshape(shape)
            uploads = (Upload(1, "float64", shape, raw.tobytes()),)
            outputs = row.outputs if isinstance(row.outputs, int) else 1
            call = Call(op, (Handle(1),) * len(row.operands), attrs, 10, outputs)
            try:
                program = Program(1, (call,), uploads)
                encode(program)
            except ValueError:
                continue
            peak, forecast = peak_of(program)
            # The upload: its bytes in the frame were there before.
            assert peak <= forecast + 2 * raw.nbytes + SLACK, (op, attrs, shape)
            tried += 1
    if not tried:
        pytest.skip("no sample of it fits such operands")
