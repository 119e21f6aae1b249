"""Links: golden ones open, broken ones say what is wrong; the page's and Python's are the same."""

import base64
import json
import random
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine import __main__ as command
from engine import __version__, links
from engine.links import DEFAULTS, MOST_BYTES, MOST_CHARACTERS, LinkError, decode, encode

FOLDER = Path(__file__).parents[1] / "web" / "fixtures" / "links"
GOLDEN = sorted(path.name for path in FOLDER.glob("v[0-9]*.json"))
OK = encode({"code": "print(1)\n", "seed": 3})

DOCUMENTS = some.fixed_dictionaries(
    {
        "code": some.text() | some.text(some.characters(categories=["Cs", "Cc", "So", "Ll"])),
        "engine": some.from_regex(r"[0-9A-Za-z.+-]{0,64}", fullmatch=True),
        "seed": some.integers(-(2**53) + 1, 2**53 - 1),
        "step": some.integers(-1, 2**31 - 1),
        "node": some.integers(-1, 2**31 - 1),
        "trace": some.none()
        | some.lists(some.integers(-(2**53), 2**53) | some.text() | some.none(), max_size=5),
        "view": some.fixed_dictionaries(
            {
                "tab": some.sampled_from(["code", "graph", "output"]),
                "run": some.booleans(),
                "rolled": some.booleans(),
                "except": some.lists(some.text(max_size=20), max_size=3),
                "pins": some.lists(some.text(max_size=20), max_size=3),
            }
        ),
    }
)


def read(name: str):
    return json.loads((FOLDER / name).read_text("utf-8"))


def filled(document):
    """A golden document with what later keys say of it."""
    view = {**DEFAULTS["view"], **document["view"]}
    return {**DEFAULTS, **document, "view": view}


def outcome(link: str):
    """What opening a link comes to: its document, or the code of what is wrong."""
    try:
        return decode(link)
    except LinkError as problem:
        return problem.code


def sealed(payload: bytes) -> str:
    """A link whose frame and checksum are right, whatever is in it."""
    text = "1." + base64.urlsafe_b64encode(payload).decode().rstrip("=")
    return f"#{text}.{zlib.crc32(text.encode()):08x}"


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def named(entries):
    return [pytest.param(entry, id=entry["what"]) for entry in entries]


# ----- Fixtures, the same as the page's ----------------------------------------------------------


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_links_open(name):
    found = read(name)
    assert set(found["links"]) == {"python", "typescript"}
    for link in found["links"].values():
        assert decode(link) == filled(found["document"])


@pytest.mark.parametrize("name", GOLDEN)
def test_a_document_is_spelled_as_the_page_spells_it(name):
    found = read(name)
    payload = found["links"]["typescript"].split(".")[1]
    packed = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    assert (
        links._canonical(filled(found["document"])) == zlib.decompress(packed, wbits=-15).decode()
    )


def test_there_are_golden_links_of_every_version():
    assert {name.split("-")[0] for name in GOLDEN} == {f"v{name}" for name in links._VERSIONS}


@pytest.mark.parametrize("entry", named(read("unusual.json")))
def test_unusual_links_open(entry):
    assert decode(entry["link"]) == filled(entry["document"])


@pytest.mark.parametrize("entry", named(read("refused.json")))
def test_refused_links_say_why(entry):
    assert outcome(entry["link"]) == entry["code"]


def test_the_fixtures_refuse_with_every_code_but_one():
    assert {entry["code"] for entry in read("refused.json")} == set(links.WORDS) - {"too-long"}


def test_codes_are_those_of_the_page():
    page = (Path(__file__).parents[2] / "web" / "src" / "share" / "problem.ts").read_text("utf-8")
    union = page.split("export type LinkCode =")[1].splitlines()[0]
    assert {word.strip().strip("'") for word in union.split("|")} == set(links.WORDS)


# ----- Round trips -------------------------------------------------------------------------------


def joined(trace):
    """Texts as UTF-16 has them: two halves of a character become the character."""
    return trace and [
        each.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        if isinstance(each, str)
        else each
        for each in trace
    ]


@settings(deadline=None)
@given(DOCUMENTS)
def test_every_document_comes_back(document):
    link = encode(document)
    found = decode(link)
    # Two halves of a character become the character, as they do in JavaScript.
    code = document["code"].encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert {**found, "trace": None} == {**document, "code": code, "trace": None}
    assert json.dumps(found["trace"]) == json.dumps(joined(document["trace"]))
    # Escaped, the two halves and the character would be the same text.
    shown = [json.dumps(each, ensure_ascii=False) for each in (found, document)]
    assert encode(found) == link or shown[0] != shown[1]


@settings(deadline=None)
@given(some.text(max_size=80) | some.from_regex(r"#?[0-9]\.[A-Za-z0-9_-]*\.[0-9a-f]{8}"))
def test_no_text_breaks_the_reader(text):
    assert isinstance(outcome(text), str)


@settings(deadline=None)
@given(some.binary(max_size=60) | some.binary(max_size=60).map(deflated))
def test_no_payload_breaks_the_reader(payload):
    assert outcome(sealed(payload)) in ("corrupted", "bad-content")


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(some.dictionaries(some.sampled_from(["code", *DEFAULTS, "later"]), JSON))
def test_values_of_any_type_are_refused_or_read_whole(fields):
    found = outcome(sealed(deflated(json.dumps(fields).encode())))
    assert found == "bad-content" or set(found) == {"code", *DEFAULTS}


def test_a_whole_address_opens():
    assert decode(f"https://example.org/a/?q=1{OK}") == decode(OK[1:]) == decode(OK)


# ----- Hostile and broken ------------------------------------------------------------------------


def test_a_link_cut_anywhere_says_so():
    assert {outcome(OK[:length]) for length in range(2, len(OK))} == {"truncated"}


def test_a_link_with_one_wrong_bit_never_opens():
    for at, char in enumerate(OK):
        for bit in range(8):
            link = OK[:at] + chr(ord(char) ^ 1 << bit) + OK[at + 1 :]
            assert isinstance(outcome(link), str), link


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = sealed(deflated(b"0" * 50_000_000))
    assert len(bomb) < MOST_CHARACTERS
    tracemalloc.start()
    assert outcome(bomb) == "too-large"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_more_behind_the_stream_is_refused():
    assert outcome(sealed(deflated(b'{"code":""}') + b"xx")) == "corrupted"


def test_deep_nesting_is_refused_or_passed_over():
    deep = b'{"code":"","later":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert outcome(sealed(deflated(deep))) in ("bad-content", decode(encode({"code": ""})))


@pytest.mark.parametrize("link", [f"#1.{'A' * MOST_CHARACTERS}.00000000", "#" + "9" * 5_000_000])
def test_a_link_that_is_too_long_is_not_looked_at(link):
    assert outcome(link) == "too-long"


# ----- Making ------------------------------------------------------------------------------------


def test_a_program_that_does_not_fit_is_refused():
    noise = "".join(random.Random(5).choices([chr(33 + n) for n in range(90)], k=60_000))
    for code, expected in (("0" * MOST_BYTES, "too-large"), (noise, "too-long")):
        with pytest.raises(LinkError) as caught:
            encode({"code": code})
        assert caught.value.code == expected


def test_a_program_that_just_fits_comes_back():
    code = "0" * (MOST_BYTES - len('{"code":""}'))
    assert decode(encode({"code": code}))["code"] == code


@pytest.mark.parametrize("wrong", [{"seed": 0.5}, {"step": -2}, {"node": True}, {"engine": "a b"}])
def test_a_document_that_could_not_be_read_is_not_written(wrong):
    with pytest.raises(LinkError, match="must be"):
        encode({"code": "", **wrong})


# ----- Command line ------------------------------------------------------------------------------


def test_link_and_unlink_are_inverse(tmp_path, capsys):
    script = tmp_path / "a.py"
    script.write_text("# %%\nprint('é ∂')", encoding="utf-8")
    assert command.main(["link", str(script), "--seed", "7"]) == 0
    link = capsys.readouterr().out.strip()
    expected = {**DEFAULTS, "code": "# %%\nprint('é ∂')", "engine": __version__, "seed": 7}
    assert decode(link) == expected
    assert command.main(["unlink", f"https://example.org/{link}"]) == 0
    assert capsys.readouterr().out == expected["code"]


def test_unlink_says_what_is_wrong(capsys):
    assert command.main(["unlink", OK[:20]]) == 2
    assert capsys.readouterr().err == "the link was cut short: its end is missing\n"


def test_the_example_in_the_documentation_is_true():
    assert f"'{encode({'code': '1 + 1'})}'" in links.encode.__doc__
