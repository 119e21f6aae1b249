"""Program frames: what goes in comes out, whatever else comes is refused, and nothing renumbers."""

import json
import struct
import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.devices  # noqa: F401  fills the table of rows
from engine import dtypes, opcodes, program
from engine.program import Call, FrameError, Handle, Program, Read, Upload, decode, encode
from engine.registry import OPS
from tests.engine.frames import (
    FOLDER,
    Written,
    golden,
    golden_names,
    lines_of,
    meaning,
    program_of,
    programs,
)

REFUSED = json.loads((FOLDER / "refused" / "frames.json").read_text())

# ----- The closed tables -----


def test_every_row_has_an_opcode_or_a_reason_to_stay():
    without = set(OPS) - set(opcodes.OPCODES) - set(opcodes.LOCAL)
    assert not without, f"append to TABLE of engine/opcodes.py: {sorted(without)}"
    assert not set(opcodes.OPCODES) & set(opcodes.LOCAL)
    assert set(opcodes.OPCODES) | set(opcodes.LOCAL) <= {*OPS, "function"}


def test_opcodes_count_up_from_1_and_no_name_comes_twice():
    codes = [int(line.split()[0]) for line in opcodes.TABLE.strip().splitlines()]
    assert codes == list(range(1, len(codes) + 1))
    assert len(opcodes.OPCODES) == len(opcodes.NAMES) == len(codes)


def test_no_opcode_was_ever_renumbered():
    """Nor an op's attributes reordered: new ones come last."""
    known = json.loads((FOLDER / "opcodes.json").read_text())
    now = [[code, name, *opcodes.ATTRIBUTES[name]] for name, code in opcodes.OPCODES.items()]
    for was, is_now in zip(known, now, strict=False):
        assert is_now[: len(was)] == was
    assert len(known) <= len(now)
    assert len(known) == len(now), "run `python -m tests.engine.record_frames`"


def test_attributes_travel_in_the_rows_order():
    assert {name: tuple(OPS[name].attrs) for name in opcodes.OPCODES} == opcodes.ATTRIBUTES


def test_every_attribute_says_what_it_may_hold():
    assert {a for attrs in opcodes.ATTRIBUTES.values() for a in attrs} == set(opcodes.MAY_HOLD)
    for name in opcodes.OPCODES:
        for sample in OPS[name].samples:
            for attribute, value in sample.attrs.items():
                assert opcodes.may_hold(attribute, value), (name, attribute, value)


def test_dtype_codes_are_those_of_the_engine_and_never_change():
    assert opcodes.DTYPES == {
        "float16": 1, "float32": 2, "float64": 3, "uint8": 4,
        "int8": 5, "int32": 6, "int64": 7, "bool": 8,
    }  # fmt: skip
    assert set(opcodes.DTYPES) == {*dtypes.FLOATS, *dtypes.INTEGERS, "bool"}
    assert set(opcodes.ITEMSIZES) == set(opcodes.DTYPES)
    assert opcodes.WORDS == {"clip": 1, "wrap": 2}


def test_a_frame_is_read_with_the_standard_library_alone():
    code = "import sys, engine.program; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ----- There and back -----


@pytest.mark.parametrize("name", golden_names())
def test_golden_frames_keep_their_meaning(name):
    frame, said = golden(name)
    assert json.loads(json.dumps(meaning(decode(frame)))) == said


@pytest.mark.parametrize("name", golden_names())
def test_golden_programs_keep_their_bytes(name):
    frame, said = golden(name)
    assert lines_of(encode(program_of(said))) == lines_of(frame)


def test_golden_frames_hold_every_kind_of_value():
    """So that the two tests above see all of the format."""
    kinds = set()

    def look(value):
        if isinstance(value, tuple):
            kinds.add("tuple")
            for part in value:
                look(part)
        else:
            kinds.add(type(value).__name__)

    for name in golden_names():
        for call in decode(golden(name)[0]).calls:
            look(call.inputs)
            look(tuple(call.attrs.values()))
    assert kinds == {
        "Handle", "NoneType", "bool", "ellipsis", "float", "int", "slice", "str", "tuple",
    }  # fmt: skip


@given(programs())
@settings(max_examples=300, deadline=None)
def test_a_program_survives_the_way(sent):
    frame = encode(sent)
    got = decode(frame)
    assert repr(meaning(got)) == repr(meaning(sent))  # repr tells 1, 1.0 and True apart, and NaN
    assert encode(got) == frame
    assert len(frame) % 8 == 0


def test_uploads_lie_at_multiples_of_8():
    p = Written()
    p.upload([1.0])
    p.call("relu", p.upload([[1.0, 2.0, 3.0]], "float64"))
    frame = encode(p.program())
    assert all(frame.index(bytes(upload.data)) % 8 == 0 for upload in p.uploads)


def test_missing_last_attributes_are_left_to_the_row():
    """So a client that does not know a newer attribute is understood."""
    sent = Program(1, (Call("sum", (Handle(1),), {"axis": 0}, 2),))
    assert decode(encode(sent)).calls[0].attrs == {"axis": 0}


# ----- What is refused -----


@pytest.mark.parametrize("case", REFUSED, ids=[case["name"] for case in REFUSED])
def test_a_broken_frame_is_refused_with_its_code(case):
    with pytest.raises(FrameError) as caught:
        decode(bytes.fromhex(case["frame"]))
    assert caught.value.code == case["code"]
    assert caught.value.code in program.CODES


@pytest.mark.parametrize("case", REFUSED, ids=[case["name"] for case in REFUSED])
def test_a_lying_frame_makes_nothing(case):
    """Counts and sizes are checked before anything of that size is made."""
    frame = bytes.fromhex(case["frame"])
    tracemalloc.start()
    with pytest.raises(FrameError):
        decode(frame)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


X = Upload(1, "float32", (2,), bytes(8))


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        (Program(-1), "-1 is no u32"),
        (Program(1, (Call("function", (), {}, 1),)), "never leaves the page"),
        (Program(1, (Call("random_normal", (), {}, 1),)), "travel as an upload"),
        (Program(1, (Call("nonsense", (), {}, 1),)), "has no opcode"),
        (Program(1, (Call("relu", ("x",), {}, 1),)), "operand of type str"),
        (Program(1, (Call("relu", (2**63,), {}, 1),)), "does not fit"),
        (Program(1, (Call("relu", (Handle(9),), {}, 9),)), "handle 9, made after it"),
        (Program(1, (Call("getitem", (Handle(1),), {"key": (Handle(9),)}, 2),)), "handle 9"),
        (Program(1, (Call("cast", (Handle(1),), {"dtype": "complex64"}, 2),)), "complex64"),
        (Program(1, (Call("cast", (Handle(1),), {"dtype": "clip"}, 2),)), "dtype='clip'"),
        (Program(1, (Call("take", (), {"axis": 0, "mode": "raise"}, 2),)), "mode='raise'"),
        (Program(1, (Call("sum", (), {"keepdims": True}, 2),)), "no attribute 'axis'"),
        (Program(1, (Call("sum", (), {"axis": 0, "keepdims": 0, "f": 1}, 2),)), "its own"),
        (Program(1, (Call("relu", (), {"axis": 0}, 2),)), "its own: []"),
        (Program(1, (Call("getitem", (), {"key": slice(1.5)}, 2),)), "bound of type float"),
        (Program(1, (Call("getitem", (), {"key": ((1,),)}, 2),)), "cannot travel"),
        (Program(1, (Call("split", (), {"indices_or_sections": 2**40}, 2),)), "cannot travel"),
        (Program(1, (Call("relu", (), {}, 5), Call("relu", (), {}, 5))), "they only grow"),
        (Program(1, (Call("relu", (), {}, 2**32 - 1, 2),)), "they only grow"),
        (Program(1, (), (X, X)), "handles only grow"),
        (Program(1, (), (X._replace(data=bytes(7)),)), "7 bytes, its shape needs 8"),
        (Program(1, (), (X._replace(dtype="<f4"),)), "'<f4'"),
        (Program(1, (), (X._replace(shape=(0, 2**60), data=b""),)), "at most 134217728 elements"),
        (Program(1, (Call("split", (), {}, 1, 3),), (X._replace(handle=2),)), "and by an upload"),
        (Program(1, frees=(3, 3)), "freed twice"),
        (Program(1, frees=(0,)), "names handle 0"),
        (Program(1, reads=(Read(1, "range"),)), "'range' is no mode"),
    ],
)
def test_a_program_that_breaks_a_rule_is_not_encoded(bad, text):
    with pytest.raises(FrameError, match=r"BAD_FRAME|QUOTA") as caught:
        encode(bad)
    assert text in str(caught.value)


def test_sizes_are_capped_on_both_sides():
    p = Written()
    p.upload([0.0] * 1000)
    frame = encode(p.program())
    tight = program.FrameLimits(frame_bytes=1000)
    for act in (lambda: encode(p.program(), tight), lambda: decode(frame, tight)):
        with pytest.raises(FrameError, match="QUOTA_BYTES") as caught:
            act()
        assert caught.value.code == "QUOTA_BYTES"
    with pytest.raises(FrameError, match="QUOTA_BYTES"):
        decode(frame, program.FrameLimits(elements=999))
    with pytest.raises(FrameError, match="QUOTA_BYTES"):
        decode(frame, program.FrameLimits(table_bytes=8))


# ----- Fuzz -----


def resealed(frame: bytes) -> bytes:
    """With a checksum that fits, so that what lies behind it is reached."""
    if len(frame) < program.PROLOGUE.size:
        return frame
    return frame[:28] + struct.pack("<I", program.checksum(frame)) + frame[32:]


@st.composite
def damaged(draw) -> bytes:
    """A frame with some of its bytes changed, cut out or put in; mostly with a fitting checksum."""
    return damage(draw, encode(draw(programs())))


def damage(draw, frame: bytes) -> bytes:
    """Some of a frame's bytes changed, cut out or put in."""
    frame = bytearray(frame)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(frame) - 1, 0)))
        what = draw(st.sampled_from(["flip", "flip", "set", "word", "cut", "put"]))
        if what == "flip" and frame:
            frame[at] ^= 1 << draw(st.integers(0, 7))
        elif what == "set" and frame:
            frame[at] = draw(st.sampled_from([0, 1, 2, 5, 6, 10, 127, 128, 255]))
        elif what == "word":
            frame[at : at + 4] = draw(st.binary(min_size=4, max_size=4))
        elif what == "cut":
            del frame[at : at + draw(st.integers(1, 9))]
        elif what == "put":
            frame[at:at] = draw(st.binary(max_size=9))
    return bytes(frame) if draw(st.integers(0, 9)) == 0 else resealed(bytes(frame))


def decoded(frame: bytes) -> Program | None:
    """The program of a frame; None when it is refused, as it should be."""
    try:
        return decode(frame)
    except FrameError as refusal:
        assert refusal.code in program.CODES
        return None


@given(damaged())
@settings(max_examples=400, deadline=None)
def test_a_damaged_frame_is_refused_or_means_something(frame):
    found = decoded(frame)
    if found is not None:
        again = encode(found)
        assert again[:5] + again[6:28] == frame[:5] + frame[6:28]  # but for the minor version
        assert again[32:] == frame[32:]


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_noise_is_refused(noise):
    assert decoded(noise) is None
    assert decoded(resealed(b"MXGP\x01\x00\x00\x00" + noise)) is None or len(noise) >= 24


@given(st.binary(max_size=120), st.integers(0, 5), st.integers(0, 4))
@settings(max_examples=500, deadline=None)
def test_noise_behind_a_good_prologue_is_refused_or_means_something(noise, calls, uploads):
    noise += bytes(-len(noise) % 8)
    for table in {len(noise), len(noise) // 16 * 8}:
        counts = struct.pack("<IIII", uploads, 0, 0, 0) + noise[:table]
        sizes = (1, calls, len(counts), len(noise) - table, 0)
        head = program.PROLOGUE.pack(b"MXGP", 1, 0, 0, *sizes)
        decoded(resealed(head + counts + noise[table:]))


def test_any_bytes_like_thing_is_read():
    frame = encode(Program(7))
    assert decode(bytearray(frame)) == decode(memoryview(frame)) == Program(7)
