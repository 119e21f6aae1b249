"""The graph in the picture of a short link: what the engine wrote is drawn, anything odd is not."""

import copy
import json
import random
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.compact import compact
from engine.kernel import Kernel
from engine.trace import as_lists
from server.short import sketch as module
from server.short.card import GRAPH, picture
from server.short.sketch import MOST_NODES, sketch

from .test_doors import pixels

FOLDER = Path(__file__).parents[2] / "web" / "fixtures" / "traces"
STORED = {file.stem: json.loads(file.read_text("utf-8")) for file in FOLDER.glob("*.compact")}


def run(code: str) -> list:
    document = Kernel().execute("from mxnet import np, autograd\n" + code, seed=0).document()
    return json.loads(json.dumps(compact(as_lists(document))))


def right(png: bytes) -> list[bytes]:
    """The part of a picture where the graph stands."""
    return [row[GRAPH:] for row in pixels(png)[2][120:500]]


def test_boxes_are_named_and_stand_below_what_they_are_made_of() -> None:
    boxes = sketch(STORED["broadcast"])
    assert [box.label for box in boxes] == ["X 2×2", "w 2", "p ×", "Σ", "×", "Σ", "loss +"]
    assert [box.is_source for box in boxes] == [True, True] + [False] * 5
    assert [box.inputs for box in boxes] == [(), (), (0, 1), (2,), (1,), (4,), (3, 5)]
    assert [box.layer for box in boxes] == [0, 0, 1, 2, 1, 2, 3]


def test_what_was_not_recorded_is_not_drawn() -> None:
    program = "x = np.ones(2)\ny = x + 5\nx.attach_grad()\nwith autograd.record():\n    z = x * 3\n"
    assert [box.label for box in sketch(run(program))] == ["x 2", "z × 3"]
    assert sketch(run("x = np.ones(2)\ny = x + 5")) is None


@pytest.mark.parametrize("name", STORED)
def test_every_stored_run_has_a_graph(name: str) -> None:
    boxes = sketch(STORED[name])
    for box in boxes:
        assert all(boxes[one].layer < box.layer for one in box.inputs)
        assert 0 < box.across < 1
    assert any(any(row) for row in right(picture("x = 1", STORED[name])))


def test_a_link_with_its_run_has_the_graph_in_its_picture(client: FlaskClient) -> None:
    document = {"code": "x = 1", "trace": STORED["broadcast"]}
    id = client.post("/api/v1/links", json={"document": document}).json["id"]
    with_graph = right(client.get(f"/s/{id}.png").data)
    assert any(any(row) for row in with_graph)
    assert not any(any(row) for row in right(picture("x = 1")))


def test_what_is_too_large_is_left_out() -> None:
    def chain(length: int) -> list:
        loop = f"for i in range({length}):\n        x = x + 1"
        return run(f"x = np.ones(1)\nx.attach_grad()\nwith autograd.record():\n    {loop}")

    assert len(sketch(chain(30))) == 31
    assert sketch(chain(60)) is None
    loop = "y = [x + i for i in range({})]"
    wide = f"x = np.ones(1)\nx.attach_grad()\nwith autograd.record():\n    {loop}"
    assert len(sketch(run(wide.format(30)))) == 31
    assert sketch(run(wide.format(31))) is None
    assert MOST_NODES == 300 and module.MOST_EDGES == 400


def test_the_slowest_graph_is_drawn_in_time() -> None:
    """As many boxes and edges as are allowed, all edges long."""
    boxes = [module.Box("a", True, 0, n / 31, ()) for n in range(1, 31)]
    boxes += [module.Box("b", False, 33, n / 31, tuple(range(14))) for n in range(1, 29)]
    from server.short import card

    paper = [bytearray(card.WIDTH) for _ in range(card.HEIGHT)]
    begun = time.process_time()
    card._graph(paper, card._faces()["code"], boxes, 184, 530)
    assert time.process_time() - begun < 3


# ----- Hostile traces ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trace",
    [
        None,
        [],
        [2],
        [1],
        "x",
        {},
        [1] + [[]] * 20,
        [1] + [[[]] * 12] * 20,
        [1] + [[["a"] * 60_000] * 12] * 20,
        [1] + [[[[1] * 100] * 600] * 12] * 20,
        [1] + [[[True] * 3] * 12] * 20,
        [1] + [[[-1] * 9] * 12] * 20,
        [1] + [[[10**300] * 9] * 12] * 20,
    ],
)
def test_what_is_no_trace_is_no_graph(trace: object) -> None:
    assert sketch(trace) is None
    assert pixels(picture("x = 1", trace))[:2] == (1200, 630)


VALUES = some.one_of(
    some.integers(-(10**6), 10**6), some.none(), some.booleans(), some.text(max_size=3)
) | some.lists(some.integers(-3, 3), max_size=3)


def places(value: object, path: tuple = ()) -> list[tuple]:
    found = [path] if path else []
    if isinstance(value, list):
        for index, each in enumerate(value):
            found += places(each, (*path, index))
    return found


@settings(deadline=None, max_examples=400)
@given(some.sampled_from(sorted(STORED)), some.randoms(use_true_random=False), VALUES)
def test_a_changed_trace_breaks_nothing(name: str, chance: random.Random, value: object) -> None:
    trace = copy.deepcopy(STORED[name])
    for _ in range(chance.randint(1, 3)):
        *way, last = chance.choice(places(trace))
        room = trace
        for step in way:
            room = room[step]
        room[last] = copy.deepcopy(value)
    boxes = sketch(trace)
    assert boxes is None or all(isinstance(box.label, str) for box in boxes)
    if boxes and chance.random() < 0.1:
        assert pixels(picture("x = 1", trace))[:2] == (1200, 630)
