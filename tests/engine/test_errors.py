"""The words of errors: golden/errors.json has each verbatim (UPDATE_GOLDEN=1 writes it anew).

An error names the operation, what was given, what is needed and, where there is one, the next step.
"""

import json
import os
import re
from pathlib import Path

import numpy
import pytest

from engine.errors import MXNetError
from tests.engine.helpers import autograd, leaf, nd, np, npx, record

GOLDEN = Path(__file__).parent / "golden" / "errors.json"
SPACE = {
    "autograd": autograd, "leaf": leaf, "nd": nd, "np": np, "npx": npx, "numpy": numpy,
    "record": record,
}  # fmt: skip

#: Expressions that must be refused.
REFUSED = """
np.ones((2, 3)) + np.ones(4)
np.ones((2, 3)) @ np.ones((2, 3))
np.dot(np.ones((2, 3)), np.ones((2, 3)))
npx.batch_dot(np.ones((2, 2, 3)), np.ones((2, 2, 3)))
np.tensordot(np.ones((2, 3)), np.ones((2, 3)), axes=1)
np.ones(3) @ 2
np.ones((2, 3)).reshape(4, 2)
np.ones((2, 3)).reshape(-1, -1)
nd.ones((2, 3)).reshape((-4, 2))
np.concatenate([np.ones((2, 3)), np.ones((3, 2))])
np.concatenate([])
np.stack([np.ones(2), np.ones(3)])
np.stack([])
np.split(np.arange(5), 2)
np.sum(np.ones(3), axis=1)
np.ones((2, 3)).mean(axis=(0, 0))
np.squeeze(np.ones((2, 3)), axis=0)
np.expand_dims(np.ones(3), 5)
np.transpose(np.ones((2, 3)), (0, 0))
np.swapaxes(np.ones(3), 0, 1)
np.broadcast_to(np.ones(3), (2, 4))
np.broadcast_to(np.ones((2, 3)), (3,))
np.repeat(np.ones(3), 2, axis=3)
np.flip(np.ones(3), 4)
np.where(np.ones(2), np.ones(3), np.ones(4))
npx.softmax(np.ones((2, 3)), axis=5)
npx.pick(np.ones((2, 3)), np.ones(3))
npx.topk(np.ones(3), k=7)
npx.dropout(np.ones(3), p=2)
npx.activation(np.ones(3), 'foo')
npx.leaky_relu(np.ones(3), act_type='foo')
npx.fully_connected(np.ones((2, 3)), np.ones((4, 5)))
npx.fully_connected(np.ones((2, 3)), np.ones((4, 3)), num_hidden=5)
np.take(np.ones(3), np.array([5]))
np.sin('a')
np.sin([1, 2])
np.ones(3) + 'a'
np.ones(3) + nd.ones(3)
nd.ones(3) + nd.ones(3, dtype='int32')
np.ones((2, 3))[2]
np.ones((2, 3))[0, 3]
np.ones((2, 3))[0, 0, 0]
np.ones((2, 3))['a']
bool(np.ones(2))
nd.ones(2).asscalar()
np.zeros(-1)
np.zeros((2, 'a'))
np.zeros(3, dtype='foo')
np.array({})
np.arange(0, 1, 0)
np.random.randint(5, 2)
np.random.uniform(np.ones(2), np.ones(3))
np.linalg.norm(np.ones((2, 2)), 5)
autograd.grad(np.ones(2), np.ones(2))
np.ones(2).backward()
record(lambda x: x * 2, leaf([1.0, 2])).backward(np.ones(3))
autograd.mark_variables([np.ones(1)], [])
np.ones(3).attach_grad('foo')
np.zeros(3, ctx=npx.gpu(0))
""".strip().splitlines()


def refusal(expression):
    """Class and message of the error that `expression` raises."""
    with pytest.raises(Exception) as caught:
        eval(expression, dict(SPACE))
    return [caught.type.__name__, str(caught.value)]


@pytest.fixture(scope="module")
def golden():
    if os.environ.get("UPDATE_GOLDEN"):
        lines = (json.dumps({e: refusal(e)}, ensure_ascii=False)[1:-1] for e in REFUSED)
        GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_every_refused_expression_is_in_the_catalogue(golden):
    assert sorted(golden) == sorted(REFUSED)


@pytest.mark.parametrize("expression", REFUSED)
def test_an_error_has_its_words(expression, golden):
    assert refusal(expression) == golden[expression]


@pytest.mark.parametrize("expression", REFUSED)
def test_an_error_is_whole_sentences_without_a_trace_of_the_machinery(expression):
    _, text = refusal(expression)
    assert len(re.findall(r"[.`)](?: |$)", text)) >= 2, text
    assert not re.search(r"engine|_data|Raw|xp\.|NoneType|lambda|ufunc", text), text


@pytest.mark.parametrize("expression", [e for e in REFUSED if re.search(r"np\.\w+|nd\.\w+", e)])
def test_an_error_comes_from_the_border(expression):
    """The user's own line comes right before few frames of ours, and no other error hides below."""
    with pytest.raises(Exception) as caught:
        eval(expression, dict(SPACE))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_shape_and_dtype_errors_are_mxnet_errors_and_what_python_calls_them():
    with pytest.raises(MXNetError) as shapes:
        np.ones(2) + np.ones(3)
    with pytest.raises(MXNetError) as dtypes:
        nd.ones(2) + nd.ones(2, dtype="int32")
    assert isinstance(shapes.value, ValueError) and isinstance(dtypes.value, TypeError)


def test_mxnets_exception_is_the_one_that_can_be_imported():
    import mxnet as mx
    from mxnet.base import MXNetError as Base

    assert mx.MXNetError is Base is MXNetError and issubclass(MXNetError, RuntimeError)


def test_after_an_error_the_arrays_are_as_before():
    x, y = leaf([1.0, 2]), np.ones(3)
    with autograd.record():
        with pytest.raises(MXNetError):
            x + y
        z = x * 2
    z.backward()
    assert x.grad.tolist() == [2, 2] and y.tolist() == [1, 1, 1]
