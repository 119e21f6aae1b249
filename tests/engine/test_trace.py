"""The trace: golden pictures of programs, and what holds for every trace.

golden/traces has one picture for each program (UPDATE_GOLDEN=1 writes them anew; look at the diff).
"""

import json
import math
import os
import re
import sys
import tracemalloc
from array import array
from pathlib import Path

import numpy
import pytest

from engine.kernel import Kernel
from engine.trace import Limits, as_lists, pack
from tests.engine.pictures import picture
from tests.engine.programs import programs

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden" / "traces"
KERNEL = Kernel()

SMALL = {
    "arithmetic": """
from mxnet import np, autograd
x = np.array([1.0, 2])
w = np.array(3.0)
x.attach_grad()
w.attach_grad()
with autograd.record():
    y = (x * w + 1) / 2
    z = (y ** 2).sum()
z.backward()
""",
    "head gradients and broadcasting": """
from mxnet import nd, autograd
x = nd.array([[1, 2], [3, 4]])
b = nd.array([[10, 20]])
b.attach_grad()
with autograd.record():
    y = nd.broadcast_mul(x, b)
y.backward(nd.array([[1, 1], [0.1, 0.1]]))
""",
    "a loop": """
from mxnet import np, autograd
x = np.array([0.5])
x.attach_grad()
with autograd.record():
    y = x
    for k in range(3):
        y = np.sin(y) * 2
y.backward()
""",
    "functions that call functions": """
from mxnet import np, autograd

def square(v):
    return v * v

def both(v):
    return square(v), square(v + 1)

x = np.array([1.0, 2])
x.attach_grad()
with autograd.record():
    p, q = both(x)
    total = (p + q).sum()
total.backward()
""",
    "several results": """
from mxnet import np, autograd
x = np.array([1.0, 2, 3, 4])
x.attach_grad()
with autograd.record():
    left, right = np.split(x, 2)
    y = left * 3
y.backward()
""",
    "second order": """
from mxnet import np, autograd
x = np.array([0.5, 1.0])
x.attach_grad()
with autograd.record():
    y = np.sin(x) * x
    g = autograd.grad(y, x, create_graph=True)[0]
    z = (g * g).sum()
z.backward()
""",
    "a function of one's own": """
from mxnet import np, autograd

class Sigmoid(autograd.Function):
    "Squeezes into 0 .. 1."
    def forward(self, x):
        y = 1 / (1 + np.exp(-x))
        self.save_for_backward(y)
        return y

    def backward(self, dy):
        y, = self.saved_tensors
        return dy * y * (1 - y)

x = np.array([0.5, -1.0])
x.attach_grad()
with autograd.record():
    y = Sigmoid()(x) * 2
y.backward()
""",
    "detach, pause and kept results": """
from mxnet import np, autograd
x = np.array([1.0, 2])
x.attach_grad()
with autograd.record():
    u = x * x
    u.attach_grad()
    with autograd.pause():
        c = u.sum()
    z = u.detach() * u * c
z.backward()
""",
    "writes and updates": """
from mxnet import np, autograd
w = np.array([1.0, 2])
w.attach_grad(grad_req="add")
for step in range(2):
    with autograd.record(train_mode=False):
        loss = (w * w).sum()
    loss.backward()
    w -= 0.1 * w.grad
    w[0] = 5
w.grad[:] = 0
""",
    "an error": """
from mxnet import np, autograd
# %%
x = np.ones((2, 3))
x.attach_grad()
print('here')
# %%
with autograd.record():
    y = x * 2
    z = y + np.ones(4)
""",
    "random draws": """
from mxnet import np, npx, autograd
x = np.random.normal(size=(2, 2))
x.attach_grad()
with autograd.record():
    y = npx.dropout(x, p=0.5)
y.backward()
""",
    "no graph at all": "print(1)\n2",
}
LESSONS = {path.stem: path.read_text() for path in (ROOT / "web" / "lessons").glob("*.py")}
CORPUS = {name: source for _, name, source in programs()}
IMPORTS = "import numpy\nimport mxnet as mx\nfrom mxnet import nd, np, npx, autograd\n"


def trace_of(code, **limits):
    return KERNEL.execute(code, limits=Limits(**limits)).document()


# ----- Golden pictures -----


def close(ours, theirs):
    """Equal, but for the last digits of numbers."""
    if isinstance(ours, float | int) and isinstance(theirs, float | int):
        return math.isclose(ours, theirs, rel_tol=1e-5, abs_tol=1e-6)
    return ours == theirs


def places(found):
    """A picture as text, without columns where Python's own differ: 3.13 places loops anew."""
    text = json.dumps(found, indent=0, sort_keys=True)
    return text if sys.version_info < (3, 13) else re.sub(r"line (\d+):[\d:-]+", r"line \1", text)


@pytest.mark.parametrize("name", [*SMALL, *LESSONS])
def test_a_program_has_its_picture(name):
    found = json.loads(json.dumps(picture(trace_of({**SMALL, **LESSONS}[name]))))
    path = GOLDEN / f"{name.replace(' ', '_').replace(chr(39), '')}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(written(found), encoding="utf-8")
    golden = json.loads(path.read_text(encoding="utf-8"))
    ours, theirs = found.pop("numbers"), golden.pop("numbers")
    assert places(found) == places(golden)
    assert [len(a) for a in ours] == [len(b) for b in theirs]
    for k, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        assert all(map(close, a, b)), f"v{k}: {a} instead of {b}"


def written(found):
    """A picture as JSON with one node, step or value on a line."""
    passes = found.pop("passes")
    parts = {key: rows(value) for key, value in found.items()}
    parts["passes"] = "[" + ",\n".join(rows(p) if isinstance(p, list) else table(p) for p in passes)
    parts["passes"] += "]"
    found["passes"] = passes
    return "{" + ",\n".join(f"{json.dumps(k)}: {v}" for k, v in parts.items()) + "}\n"


def rows(values):
    lines = (json.dumps(v, ensure_ascii=False, separators=(",", ":")) for v in values)
    return "[\n" + ",\n".join(lines) + "\n]" if values else "[]"


def table(one):
    cells = (f"{json.dumps(k)}: {rows(v) if isinstance(v, list) else json.dumps(v)}"
             for k, v in one.items())  # fmt: skip
    return "{" + ",\n".join(cells) + "}"


# ----- What holds for every trace -----


@pytest.fixture(params=[*SMALL, *LESSONS, *CORPUS], ids=str, scope="module")
def traced(request):
    """A trace with all values, as lists."""
    name = request.param
    code = IMPORTS + CORPUS[name] if name in CORPUS else {**SMALL, **LESSONS}[name]
    done = KERNEL.execute(code)
    cells = done.recorder.document(
        done.code, done.cells, done.outputs, done.stops, all_summaries=True
    )
    return as_lists(cells), done.recorder


def within(values, low, high):
    return all(low <= v < high for v in values)


def rises(offsets):
    return offsets[0] == 0 and list(offsets) == sorted(offsets)


def test_columns_are_of_one_length(traced):
    t, _ = traced
    n, count = t["nodes"], len(t["nodes"]["kind"])
    assert {len(n[k]) for k in n if not k.endswith("Start")} == {count}
    assert len(n["argStart"]) == len(n["slotStart"]) == count + 1
    assert len(t["args"]["slot"]) == len(t["args"]["literal"]) == n["argStart"][-1]
    assert {len(column) for column in t["slots"].values()} == {n["slotStart"][-1]}
    assert len({len(column) for column in t["values"].values()}) == 1
    assert len({len(column) for column in t["loops"].values()}) == 1
    assert len({len(column) for column in t["turns"].values()}) == 1
    assert len({len(t["sites"][k]) for k in ("line", "col", "endLine", "endCol", "func")}) == 1


def test_offsets_rise(traced):
    t, _ = traced
    assert rises(t["nodes"]["argStart"]) and rises(t["nodes"]["slotStart"])
    assert rises(t["sites"]["start"]) and t["sites"]["start"][-1] == len(t["sites"]["line"])


def test_ids_are_in_bounds(traced):
    t, _ = traced
    n, nodes = t["nodes"], len(t["nodes"]["kind"])
    assert within(n["op"], 0, len(t["ops"])) and within(n["site"], -1, len(t["sites"]["start"]) - 1)
    assert within(n["cell"], 0, len(t["cells"])) and within(n["block"], -1, len(t["blocks"]))
    assert within(n["attrs"], -1, len(t["attrs"])) and within(n["name"], -1, len(t["strings"]))
    assert within(n["cause"], -1, nodes) and within(n["kind"], 0, 2)
    assert within(t["args"]["slot"], -1, len(t["slots"]["node"]))
    assert within(t["args"]["literal"], -1, len(t["literals"]))
    assert within(t["slots"]["value"], 0, len(t["values"]["shape"]))
    assert within(t["slots"]["name"], -1, len(t["strings"]))
    assert within(t["values"]["shape"], 0, len(t["shapes"]))
    assert within(t["values"]["dtype"] + t["values"]["device"], 0, len(t["strings"]))
    assert within([o["cell"] for o in t["outputs"] + t["stops"]], 0, len(t["cells"]))


def test_tables_hold_each_entry_once(traced):
    t, _ = traced
    for name in ("strings", "shapes", "literals", "axes"):
        entries = [json.dumps(entry) for entry in t[name]]
        assert len(entries) == len(set(entries)), name


def test_an_operand_is_an_array_or_a_literal_and_comes_from_before(traced):
    t, _ = traced
    for node, start in enumerate(t["nodes"]["argStart"][:-1]):
        for k in range(start, t["nodes"]["argStart"][node + 1]):
            slot, literal = t["args"]["slot"][k], t["args"]["literal"][k]
            assert (slot >= 0) != (literal >= 0)
            assert slot < t["nodes"]["slotStart"][node]


def test_sources_have_no_array_operands_and_operations_have_some(traced):
    t, _ = traced
    for node, kind in enumerate(t["nodes"]["kind"]):
        first, last = t["nodes"]["argStart"][node : node + 2]
        assert kind == any(slot >= 0 for slot in t["args"]["slot"][first:last])


def test_results_know_their_node(traced):
    t, _ = traced
    for node, start in enumerate(t["nodes"]["slotStart"][:-1]):
        assert set(t["slots"]["node"][start : t["nodes"]["slotStart"][node + 1]]) <= {node}


def test_places_are_in_the_program(traced):
    t, _ = traced
    lines, s = t["code"].split("\n"), t["sites"]
    for line, col, end, end_col in zip(s["line"], s["col"], s["endLine"], s["endCol"], strict=True):
        assert 1 <= line <= end <= len(lines)
        assert 0 <= col <= len(lines[line - 1]) and 0 <= end_col <= len(lines[end - 1])
        assert (line, col) < (end, end_col)


def test_blocks_are_nested_ranges(traced):
    t, _ = traced
    blocks = [(b["first"], b["last"]) for b in t["blocks"]]
    assert all(0 <= first <= last <= len(t["nodes"]["kind"]) for first, last in blocks)
    for node, block in enumerate(t["nodes"]["block"]):
        assert block < 0 or blocks[block][0] <= node < blocks[block][1]


def steps_of(one):
    keys = ("node", "arg", "contribution", "sum", "axes")
    return list(zip(*(one["steps"][k] for k in keys), strict=True))


def shape_of(t, value):
    return t["shapes"][t["values"]["shape"][value]]


def test_steps_go_backward_in_time(traced):
    t, _ = traced
    for one in t["passes"]:
        nodes = one["steps"]["node"]
        assert nodes == sorted(nodes, reverse=True)


def test_a_contribution_belongs_to_an_array_operand_and_has_its_shape(traced):
    t, _ = traced
    for one in t["passes"]:
        for node, arg, contribution, total, axes in steps_of(one):
            assert t["nodes"]["argStart"][node] <= arg < t["nodes"]["argStart"][node + 1]
            operand = t["slots"]["value"][t["args"]["slot"][arg]]
            assert shape_of(t, contribution) == shape_of(t, total) == shape_of(t, operand)
            assert -1 <= axes < len(t["axes"])


def raw(recorder, value):
    kept = recorder.values[value]
    return numpy.asarray(kept, dtype="float64")


def test_running_sums_add_up_and_end_in_the_gradients(traced):
    t, recorder = traced
    for one in t["passes"]:
        sums = {}
        for slot, value in zip(one["heads"], one["headGrads"], strict=True):
            sums[slot] = sums.get(slot, 0) + raw(recorder, value)
        last = dict(zip(one["heads"], one["headGrads"], strict=True))
        for _, arg, contribution, total, _ in steps_of(one):
            slot = t["args"]["slot"][arg]
            sums[slot] = sums.get(slot, 0) + raw(recorder, contribution)
            numpy.testing.assert_allclose(raw(recorder, total), sums[slot], rtol=1e-5, atol=1e-6)
            last[slot] = total
        assert dict(zip(one["grads"]["slot"], one["grads"]["value"], strict=True)) == last


def test_what_is_written_is_the_gradient(traced):
    t, recorder = traced
    for one in t["passes"]:
        grads = dict(zip(one["grads"]["slot"], one["grads"]["value"], strict=True))
        written = one["written"]
        for slot, value, req in zip(*(written[k] for k in ("slot", "value", "req")), strict=True):
            if req == "write" and slot in grads:
                expected = raw(recorder, grads[slot])
                numpy.testing.assert_allclose(
                    raw(recorder, value), expected.astype(recorder.values[value].dtype), rtol=1e-6
                )


def test_the_picture_of_a_value_agrees_with_the_value(traced):
    t, recorder = traced
    for k, summary in enumerate(t["values"]["summaries"]):
        value = recorder.values[k]
        assert list(value.shape) == shape_of(t, k)
        if "data" in summary:
            numpy.testing.assert_allclose(
                numpy.array(summary["data"], dtype="float64"), raw(recorder, k).reshape(-1),
                rtol=1e-6,
            )  # fmt: skip


def test_packed_and_listed_are_one_document(traced):
    t, recorder = traced
    document = recorder.document(t["code"], [], t["outputs"], t["stops"], all_summaries=True)
    assert unpacked(*pack(document)) == as_lists(document)


def unpacked(header, columns):
    """What web/src/protocol/packed.ts does."""
    numbers = array("i")
    numbers.frombytes(columns)

    def restored(value):
        if isinstance(value, dict):
            if set(value) == {"$i32"}:
                at, length = value["$i32"]
                return list(numbers[at // 4 : at // 4 + length])
            return {key: restored(part) for key, part in value.items()}
        return [restored(part) for part in value] if isinstance(value, list) else value

    return restored(json.loads(header))


# ----- Names -----


def names(code):
    """Pairs of operation and the names of its results."""
    t = as_lists(trace_of(IMPORTS + "x = np.array([1.0, 2])\n" + code))
    return [
        (
            t["ops"][t["nodes"]["op"][k]]["name"],
            [
                t["strings"][name] if (name := t["slots"]["name"][s]) >= 0 else None
                for s in range(*t["nodes"]["slotStart"][k : k + 2])
            ],
        )
        for k in range(1, len(t["nodes"]["kind"]))
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("y = x * 2", [("multiply", ["y"])]),
        ("y = x * 2 + 1", [("multiply", [None]), ("add", ["y"])]),
        ("a = b = x * 2", [("multiply", ["b"])]),
        ("a, b = x * 2, x + 1", [("multiply", ["a"]), ("add", ["b"])]),
        ("(a, b), c = (x * 2, x + 1), -x",
         [("multiply", ["a"]), ("add", ["b"]), ("negative", ["c"])]),
        ("a, b = np.split(x, 2)", [("split", ["a", "b"])]),
        ("[a, b] = np.split(x, 2)", [("split", ["a", "b"])]),
        ("y: object = x * 2", [("multiply", ["y"])]),
        ("print(y := x * 2)", [("multiply", ["y"])]),
        ("x += 1", [("add", ["x"])]),
        ("x[0] = 3", [("setitem", ["x"])]),
        ("y = x * 2 if True else x", [("multiply", ["y"])]),
        ("def f(v):\n    return v * 2\ny = f(x)", [("multiply", ["y"])]),
        ("def f(v):\n    return g(v)\ndef g(v):\n    return v * 2\ny = f(x)",
         [("multiply", ["y"])]),
        ("def f(v):\n    inner = v * 2\n    return inner\ny = f(x)", [("multiply", ["inner"])]),
        ("f = lambda v: v * 2\ny = f(x)", [("multiply", ["y"])]),
        ("def f(v):\n    return v * 2, v + 1\na, b = f(x)",
         [("multiply", ["a"]), ("add", ["b"])]),
        ("for k in range(2): y = x * k", [("multiply", ["y"]), ("multiply", ["y"])]),
        ("class T: pass\nt = T()\nt.y = x * 2", [("multiply", ["t.y"])]),
        ("d = {}\nd['y'] = x * 2", [("multiply", [None])]),
        ("ys = [x * k for k in range(2)]", [("multiply", [None]), ("multiply", [None])]),
    ],
)  # fmt: skip
def test_results_are_named_by_their_variables(code, expected):
    assert names(code) == expected


def test_sources_are_named_too():
    t = as_lists(
        trace_of(IMPORTS + "a, b = np.ones(2), nd.zeros(3)\nc = np.random.uniform(size=2)")
    )
    assert [t["strings"][n] for n in t["nodes"]["name"]] == ["a", "b", "c"]


def test_a_gradient_used_in_a_calculation_is_named_after_its_leaf():
    t = as_lists(trace_of(SMALL["writes and updates"]))
    assert "w.grad" in t["strings"]


# ----- Visits, cells, roles -----


def test_a_loop_visits_its_lines_again():
    t = as_lists(trace_of(SMALL["a loop"]))
    by_name = [(t["ops"][o]["name"], v) for o, v in zip(t["nodes"]["op"], t["nodes"]["visit"])]
    assert [v for name, v in by_name if name == "sin"] == [0, 1, 2]
    assert [v for name, v in by_name if name == "multiply"] == [0, 1, 2]


@pytest.mark.parametrize(
    "line",
    [
        "y = x[k % 2]",
        "y = np.sin(x)",
        "y = x.sum()",
        "y = f(x)",
        "y = x.T",
        "y = x + k",
        "for v in x: pass",
        "y = T()(x)",
    ],
)
def test_a_hot_line_stays_one_place(line):
    """Python specialises what runs often; that must not tear a loop apart."""
    code = f"""x = np.array([1.0, 2])
def f(v):
    return v * 2
class T:
    def __call__(self, v):
        return v * 2
for k in range(100):
    {line}"""
    t = as_lists(trace_of(IMPORTS + code))
    sites = t["nodes"]["site"][1:]
    each = len(sites) // 100
    assert len(set(sites)) == 1
    assert t["nodes"]["visit"][1:] == list(range(100 * each))


def test_calls_from_two_places_are_two_sites():
    t = as_lists(trace_of(SMALL["functions that call functions"]))
    multiplied = [k for k, o in enumerate(t["nodes"]["op"]) if t["ops"][o]["name"] == "multiply"]
    assert [t["nodes"]["visit"][k] for k in multiplied] == [0, 0]
    assert len({t["nodes"]["site"][k] for k in multiplied}) == 2


def test_a_site_is_the_stack_of_the_users_frames():
    t = as_lists(trace_of(SMALL["functions that call functions"]))
    first = next(k for k, o in enumerate(t["nodes"]["op"]) if t["ops"][o]["name"] == "multiply")
    start, end = t["sites"]["start"][t["nodes"]["site"][first] :][:2]
    assert [t["strings"][f] for f in t["sites"]["func"][start:end]] == [
        "<module>",
        "both",
        "square",
    ]


def test_columns_count_as_the_browser_does():
    t = as_lists(trace_of(IMPORTS + "s = '😀ä'; y = np.ones(2)"))
    assert (t["sites"]["col"][-1], t["sites"]["endCol"][-1]) == (15, 25)


def test_nodes_know_their_cell():
    code = "# %%\nfrom mxnet import np\nx = np.ones(2)\n# %% [markdown]\n# words\n# %%\ny = x * 2"
    assert as_lists(trace_of(code))["nodes"]["cell"] == [0, 2]


def test_literals_are_shown_as_written():
    t = as_lists(trace_of(IMPORTS + "x = np.ones(2)\nx * 2, x + 0.5, 3 ** x, x + True"))
    assert t["literals"] == ["2", "0.5", "3", "True"]


def test_a_function_of_the_users_is_a_node_with_its_name_and_words():
    t = as_lists(trace_of(SMALL["a function of one's own"]))
    own = next(op for op in t["ops"] if op["name"] == "Sigmoid")
    assert own["symbol"] == "Sigmoid" and own["doc"] == "Squeezes into 0 .. 1."
    assert [t["ops"][o]["name"] for o in t["nodes"]["op"]] == ["array", "Sigmoid", "multiply"]


def test_two_functions_of_one_class_are_one_op():
    code = SMALL["a function of one's own"].replace("Sigmoid()(x) * 2", "Sigmoid()(Sigmoid()(x))")
    t = as_lists(trace_of(code))
    assert [op["name"] for op in t["ops"]] == ["array", "Sigmoid"]


def test_two_classes_of_one_name_are_two_ops():
    code = """
from mxnet import np, autograd
def make(k):
    class Own(autograd.Function):
        __doc__ = f"times {k}"
        def forward(self, x): return x * k
        def backward(self, g): return g * k
    return Own()
x = np.ones(2); x.attach_grad()
with autograd.record():
    y = make(2)(make(3)(x))
"""
    assert [op["doc"] for op in as_lists(trace_of(code))["ops"]][1:] == ["times 3", "times 2"]


def test_recorded_backward_nodes_know_their_cause():
    t = as_lists(trace_of(SMALL["second order"]))
    made = [k for k, cause in enumerate(t["nodes"]["cause"]) if cause >= 0]
    assert made and all(t["nodes"]["roles"][k] & 32 for k in made)
    assert all(t["nodes"]["cause"][k] < k for k in made)


def test_operations_of_a_recorded_backward_of_ones_own_are_seen():
    code = SMALL["a function of one's own"].replace("* 2\ny.backward()", """
    g = autograd.grad(y, x, create_graph=True)[0]
g.backward()""")  # fmt: skip
    t = as_lists(trace_of(code))
    sigmoid = [t["ops"][o]["name"] for o in t["nodes"]["op"]].index("Sigmoid")
    inside = [k for k, cause in enumerate(t["nodes"]["cause"]) if cause == sigmoid]
    assert [t["ops"][t["nodes"]["op"][k]]["name"] for k in inside] == [
        "multiply", "subtract", "multiply"]  # fmt: skip
    assert {k for p in t["passes"][1:] for k in p["steps"]["node"]} >= set(inside)


# ----- Size -----


def test_a_trace_of_10_000_nodes_is_small():
    code = (
        IMPORTS
        + """
x = np.array([1.0, 2])
x.attach_grad()
with autograd.record():
    y = x
    for k in range(5_000):
        y = y * 1.0 + x
y.backward()
"""
    )
    done = KERNEL.execute(code)
    tracemalloc.start()
    document = done.document()
    header, columns = pack(document)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(document["nodes"]["kind"]) == 10_001
    assert len(document["passes"][0]["steps"]["node"]) == 15_000
    assert len(columns) < 3_000_000 and len(header) < 500_000 and peak < 40_000_000


def test_values_beyond_the_budget_are_kept_as_summaries():
    code = IMPORTS + "x = np.ones(1000)\nfor k in range(10): x = x * 2\n"
    done = KERNEL.execute(code, limits=Limits(traceBytes=10_000))
    found = done.recorder.summaries(range(11))
    assert [s["max"] for s in found] == [2**k for k in range(11)]
    assert sum(isinstance(v, tuple) for v in done.recorder.values) == 9


def test_large_arrays_are_summarised_by_extremes_and_a_thumbnail():
    done = KERNEL.execute(IMPORTS + "x = np.arange(10_000).reshape(100, 100)")
    summary = done.recorder.summaries([1])[0]
    assert (summary["min"], summary["max"], summary["zero"]) == (0, 9999, 1)
    assert (summary["thumb"]["rows"], summary["thumb"]["cols"]) == (16, 16)
    assert len(summary["thumb"]["data"]) == 256 and "data" not in summary
