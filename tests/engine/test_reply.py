"""Reply frames: what goes in comes out, whatever else comes is refused, and nothing renumbers."""

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine import program, reply
from engine.devices import HOST
from engine.devices.executor import Executor, Limits
from engine.devices.session import Kept, Refusal, Session, refused
from engine.program import FrameError, Program, Spec, encode
from engine.reply import Account, OpError, Outcome, Value, decode_reply, encode_reply
from tests.engine.frames import FOLDER, Written, lines_of, programs
from tests.engine.test_program import damage

engine.install()
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

LOST = OpError(3, 2, 9, "SHAPE", "add: cannot broadcast shapes (2,) and (3,). — ⊙")
GOLDEN = Outcome(
    7,
    (LOST, OpError(7, None, 12, "UNKNOWN_HANDLE", "freed, but it is not there")),
    (
        Value(1, "full", Spec((2, 2), "float32"), struct.pack("<4f", 0.5, -1.0, 2.0, 3.0)),
        Value(2, "full", Spec((), "int64"), struct.pack("<q", -5)),
        Value(3, "full", Spec((0, 3), "bool"), b""),
        Value(4, "summary", Spec((2,), "float32"), {"min": 1, "max": "inf", "data": [1, "inf"]}),
        Value(9, "full", None, None, LOST),
    ),
    Account(calls=5, work=1000, held_bytes=4096, peak_bytes=8192, arrays=4, micros=250),
)


def test_the_golden_reply_means_what_it_meant():
    path = FOLDER / "replies" / "golden.hex"
    assert lines_of(encode_reply(GOLDEN)) == path.read_text()
    assert decode_reply(bytes.fromhex(path.read_text())) == GOLDEN


def test_codes_have_their_numbers_for_good():
    numbers = json.loads((FOLDER / "replies" / "codes.json").read_text())
    assert {code: reply.CODE_NUMBERS[code] for code in numbers} == numbers
    assert list(program.CODES)[: len(numbers)] == list(numbers), "codes are only appended"


@settings(deadline=None, max_examples=150)
@given(programs())
def test_what_any_program_gives_comes_out_as_it_went_in(written):
    executor = Executor(HOST, Limits(held_bytes=1 << 20, work=10**7))
    try:
        outcome = executor.run(written)
    except FrameError:
        return
    again = decode_reply(encode_reply(outcome))
    assert repr(again) == repr(outcome)  # NaN is not equal to itself


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_damaged_replies_are_refused_or_read_and_nothing_else(data):
    frame = damage(data.draw, encode_reply(GOLDEN))
    try:
        decode_reply(frame)
    except FrameError as problem:
        assert problem.code in program.CODES


def changed(at, form, value):
    frame = bytearray(encode_reply(GOLDEN))
    struct.pack_into(form, frame, at, value)
    struct.pack_into("<I", frame, 28, program.checksum(frame))
    return bytes(frame)


@pytest.mark.parametrize(
    ("code", "frame"),
    [
        ("BAD_FRAME", b""),
        ("BAD_FRAME", encode(Program(1))),
        ("BAD_FRAME", encode_reply(GOLDEN)[:-8]),
        ("BAD_FRAME", encode_reply(GOLDEN)[:-1] + b"\x01"),
        ("VERSION", changed(4, "B", 2)),
        ("BAD_FRAME", changed(6, "<H", 1)),
        ("QUOTA_OPS", changed(12, "<I", 2**32 - 1)),
        ("QUOTA_OPS", changed(32, "<I", 2**32 - 1)),
        ("BAD_FRAME", changed(44, "<I", 1)),
        ("BAD_FRAME", changed(80 + 12, "<H", 99)),
        ("BAD_FRAME", changed(80 + 14, "<H", 65535)),
    ],
)
def test_a_reply_with_something_wrong_is_refused_with_its_code(code, frame):
    with pytest.raises(FrameError) as caught:
        decode_reply(frame)
    assert caught.value.code == code


def test_a_text_that_is_too_long_is_cut_between_letters():
    long = OpError(1, 0, 1, "VALUE", "é" * 5000)
    (found,) = decode_reply(encode_reply(Outcome(1, (long,), (), Account(0, 0, 0, 0, 0)))).errors
    assert found.text == "é" * 1000


# ----- Sessions: strict order, every frame once -----


def frame(seq, first, *, value=1.0, read=True):
    p = Written(seq=seq, first=first)
    x = p.upload([value, 2.0])
    y = p.call("add", x, x)
    return encode((p.read(y) if read else p).program())


def test_a_repeated_frame_gets_the_same_bytes_and_runs_nothing():
    session = Session(Executor(HOST))
    first = session.answer(frame(1, 1))
    held = session.executor.ledger.held
    assert session.answer(frame(1, 1)) == first
    assert session.executor.ledger.held == held
    session.answer(frame(2, 10))
    assert session.answer(frame(1, 1)) == first


@pytest.mark.parametrize(
    ("status", "code", "sent"),
    [
        (409, "GAP", frame(4, 50)),
        (422, "CONFLICT", frame(2, 10, value=9.0)),
        (410, "GONE", frame(1, 1)),
        (400, "BAD_FRAME", frame(3, 1)),  # its handles were given before
        (400, "BAD_FRAME", b"nonsense"),
    ],
)
def test_what_breaks_the_order_is_refused_and_changes_nothing(status, code, sent):
    session = Session(Executor(HOST), Kept(replies=1))
    session.answer(frame(1, 1))
    session.answer(frame(2, 10))
    before = (session.expected, session.executor.ledger.held)
    with pytest.raises((Refusal, FrameError)) as caught:
        session.answer(sent)
    assert refused(caught.value)[:2] == (status, code)
    assert (session.expected, session.executor.ledger.held) == before
    assert decode_reply(session.answer(frame(3, 20))).seq == 3


def test_kept_replies_are_bounded_in_bytes_but_the_newest_stays():
    session = Session(Executor(HOST), Kept(replies=32, reply_bytes=1))
    session.answer(frame(1, 1))
    second = session.answer(frame(2, 10))
    assert session.answer(frame(2, 10)) == second
    with pytest.raises(Refusal):
        session.answer(frame(1, 1))
