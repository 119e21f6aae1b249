"""What `import mxnet` gives: its names, forms of import, documentation."""

import inspect
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest

import engine
from engine import facade
from engine.array import NDArray, ndarray
from engine.reference import LATER, names_table, ops_table
from engine.registry import OPS

ROOT = Path(__file__).parents[2]
TABLE = names_table()

#: NumPy's element types and the exception: what their signature looks like depends on the version.
CLASSES = {"MXNetError", "bool", "bool_", "float16", "float32", "float64", "int8", "int32", "int64"}
CLASSES |= {"uint8", "DeferredInitializationError"}

#: Tier 1: every name that the five documents use.
USED = {
    "mx": "nd np npx autograd random cpu gpu Context current_context MXNetError",
    "nd": "array random random_normal norm sum NDArray",
    "np": "array arange full random dot sum mean abs concatenate expand_dims array_equiv",
    "npx": "set_np reset_np is_np_array cpu gpu num_gpus waitall random",
    "autograd": "record pause train_mode predict_mode is_recording is_training set_recording "
    "set_training mark_variables backward grad get_symbol Function",
    "nd.random": "uniform normal randn randint exponential shuffle",
    "np.random": "uniform normal rand randn randint shuffle",
    "nd.NDArray": "attach_grad grad backward detach copy norm sum asscalar asnumpy shape",
    "np.ndarray": "attach_grad grad backward detach copy sum item tolist asnumpy shape astype",
}


def python(code):
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "form",
    [
        "import mxnet as mx; x = mx.nd.array([1])",
        "from mxnet import nd; x = nd.array([1])",
        "from mxnet import autograd, nd; autograd.record(); x = nd.array([1])",
        "import mxnet.ndarray as nd; x = nd.array([1])",
        "from mxnet import np, npx, autograd; npx.set_np(); x = np.array([1])",
        "import mxnet; x = mxnet.numpy.array([1])",
        "from mxnet.ndarray import array; x = array([1])",
        "from mxnet.autograd import record, Function; x = [1]",
        "from mxnet.np import array; x = array([1])",
        "import mxnet.numpy.random as random; x = random.uniform(size=1)",
        "from mxnet.numpy import linalg, array; x = [linalg.norm(array([1]))]",
        "from mxnet.base import MXNetError; x = [MXNetError]",
        "import mxnet.random; mxnet.random.seed(1); x = [1]",
        "from mxnet.context import cpu; x = [cpu()]",
    ],
)
def test_the_forms_of_import_work(form):
    space = {}
    exec(form, space)
    assert len(space["x"]) == 1


def test_the_two_names_of_a_namespace_are_one_module():
    import mxnet as mx

    assert mx.nd is mx.ndarray and mx.np is mx.numpy and mx.npx is mx.numpy_extension


def test_install_again_changes_nothing():
    import mxnet

    before = mxnet.nd.array, mxnet.np.array, mxnet.autograd.record
    engine.install()
    import mxnet as again

    assert (again.nd.array, again.np.array, again.autograd.record) == before


def test_importing_the_engine_does_not_shadow_mxnet(tmp_path):
    (tmp_path / "mxnet.py").write_text("here = 'the real one'")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import engine, engine.kernel, mxnet"
    assert python(f"{code}; print(mxnet.here)") == "the real one"


def test_install_refuses_when_another_mxnet_is_imported(tmp_path):
    (tmp_path / "mxnet.py").write_text("here = 'the real one'")
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import mxnet, engine
try:
    engine.install()
except RuntimeError as error:
    print(error)
"""
    assert "another `mxnet` is already imported" in python(code)


def test_install_comes_before_a_real_mxnet_that_is_not_imported(tmp_path):
    (tmp_path / "mxnet.py").write_text("here = 'the real one'")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import engine; engine.install()"
    assert python(f"{code}; import mxnet; print(mxnet.__doc__)").startswith("MXNet's array")


@pytest.mark.parametrize("space", USED)
def test_every_name_of_the_documents_is_there(space):
    assert set(USED[space].split()) <= {entry["name"] for entry in TABLE[space]}


def public():
    """Triples of namespace, name and thing for all public names but plain constants."""
    modules = facade.modules()
    for space in TABLE:
        owner = {"np.ndarray": ndarray, "nd.NDArray": NDArray, "mx": modules["mxnet"]}.get(space)
        if space in LATER:
            owner = facade.on_demand(space)
        owner = owner or modules.get(f"mxnet.{space}") or modules[f"mxnet.{space.split('.')[-1]}"]
        for entry in TABLE[space]:
            value = getattr(owner, entry["name"])
            if value is not None and not isinstance(value, float | type(...)):
                yield space, entry["name"], value


def test_everything_public_is_documented():
    assert [(s, n) for s, n, value in public() if not (inspect.getdoc(value) or "").strip()] == []


def test_documentation_is_for_users():
    words = ("TODO", "FIXME", "engine.")
    found = [(s, n) for s, n, value in public() if any(w in inspect.getdoc(value) for w in words)]
    assert found == []


def test_listed_functions_have_a_signature_and_help():
    empty = [
        (space, entry["name"])
        for space, entries in TABLE.items()
        for entry in entries
        if entry["kind"] == "function"
        and not (entry["signature"] and entry["doc"])
        and entry["name"] not in CLASSES
    ]
    assert empty == []


def test_no_name_of_the_machinery_is_listed():
    own = {
        "invoke", "wrap", "raw_of", "plain", "function", "functions", "message", "made", "watch",
        "shapes", "types", "builtins", "layers", "order", "OPS", "HOST", "ARRAYS", "Array",
        "NAMESPACE", "scalar_shape", "missing", "public", "annotations",
    }  # fmt: skip
    listed = {entry["name"] for entries in TABLE.values() for entry in entries}
    assert listed & own == set()


def test_no_foreign_module_is_listed():
    foreign = [
        (space, name)
        for space, name, value in public()
        if isinstance(value, types.ModuleType)
        and not value.__name__.startswith(("mxnet", "engine.facade", "engine.autograd"))
    ]
    assert foreign == []


def test_dir_of_a_namespace_is_what_is_listed():
    import mxnet as mx

    for space, module in (("np", mx.np), ("npx", mx.npx), ("nd", mx.nd)):
        assert sorted(dir(module)) == [entry["name"] for entry in TABLE[space]]


def test_every_row_with_a_public_name_is_found_there():
    modules = facade.modules()
    missing = [
        (space, name)
        for op in OPS.values()
        for space, names in op.names.items()
        for name in names
        if not callable(getattr(modules[f"mxnet.{space}"], name, None))
    ]
    assert missing == []


def test_a_misspelt_name_is_answered_with_the_right_one():
    import mxnet as mx

    with pytest.raises(AttributeError, match=r"'mxnet.np' has no attribute 'concatenat'.*`concat"):
        mx.np.concatenat  # noqa: B018


@pytest.mark.parametrize("name", ["sym", "kvstore", "mod"])
def test_what_is_left_out_says_so(name):
    import mxnet as mx

    with pytest.raises(AttributeError, match=f"no attribute '{name}'. .* (left out|not here yet)"):
        getattr(mx, name)


def test_a_context_that_does_not_exist_says_what_to_write():
    import mxnet as mx

    with pytest.raises(mx.MXNetError, match=r"context gpu\(0\).*mx\.cpu\(\).*num_gpus"):
        mx.np.zeros(3, ctx=mx.gpu(0))


def test_out_and_dtype_are_options_of_every_function():
    from mxnet import np

    x, out = np.array([1.0, 4]), np.zeros(2)
    assert np.sqrt(x, out=out) is out and out.tolist() == [1, 2]
    assert np.sqrt(x, dtype="float64").dtype == "float64"


def test_an_unknown_keyword_is_refused():
    from mxnet import np

    with pytest.raises(TypeError, match="unexpected keyword argument 'axes'"):
        np.sum(np.ones(3), axes=0)
    with pytest.raises(TypeError, match="unexpected keyword argument 'axes'"):
        np.ones(3).sum(axes=0)


def test_methods_and_functions_agree():
    from mxnet import np

    x = np.array([[0.5, 1], [2, 4]])
    for name in ("sum", "mean", "exp", "argmax", "cumsum", "sort", "std", "squeeze", "tanh"):
        assert getattr(x, name)().tolist() == getattr(np, name)(x).tolist(), name


def test_the_listings_are_json():
    command = [sys.executable, "-m", "engine"]
    for table, expected in (("names", TABLE), ("ops", ops_table())):
        done = subprocess.run([*command, table, "--json"], cwd=ROOT, capture_output=True, text=True)
        assert json.loads(done.stdout) == json.loads(json.dumps(expected))


def test_every_row_is_listed_with_where_it_is_found_its_order_and_its_cost():
    from engine.reference import BEHIND

    rows = {row["name"]: row for row in ops_table()}
    assert set(rows) == set(OPS)
    for name, op in OPS.items():
        row = rows[name]
        assert row["order"] == ("any" if op.differentiable else "none")
        assert row["flops"] and row["bytes"]
        assert row["names"] or name in BEHIND, f"where is {name} found?"
    assert rows["exp"]["flops"].endswith("per element of the result")
    assert rows["sum"]["flops"] == "1 per element of the operand"
    assert rows["matmul"]["flops"].startswith("2 per element of the result and of the summed axes")


def test_functions_that_are_no_rows_are_listed_too():
    from engine.reference import functions_table

    order = {name: row["order"] for row in functions_table() for name in row["names"]}
    expected = {
        "np.median": "any",
        "nd.RNN": "any",
        "npx.rnn": "any",
        "nd.CTCLoss": "any",
        "np.unique": "none",
        "nd.sgd_update": "none",
        "nd.contrib.foreach": "any",
    }
    assert {name: order.get(name) for name in expected} == expected


def test_completion_knows_every_name_of_mxnet_that_is_there():
    from tests.engine.test_names import LEFT_OUT, NAMES

    known = {space: {entry["name"] for entry in entries} for space, entries in TABLE.items()}
    absent = [
        f"{module}.{name}"
        for module, name in NAMES
        if name not in LEFT_OUT.get(module, ())
        and name not in known.get(module, ())
        and (module, name) not in (("test_utils", "mx"), ("test_utils", "np"))  # others' modules
    ]
    assert absent == []
