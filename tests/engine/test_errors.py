"""The words of errors: golden/errors.json has each verbatim (UPDATE_GOLDEN=1 writes it anew).

An error names the operation, what was given, what is needed and, where there is one, the next step.
"""

import importlib
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


def built(block):
    """A block with its parameters set."""
    block.initialize()
    return block


def twice(x):
    """Goes back through the same graph twice."""
    y = record(lambda x: x * x, x)
    y.backward()
    y.backward()


SPACE.update(built=built, twice=twice, mx=importlib.import_module("mxnet"))

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
np.linalg.det(np.ones((2, 3)))
np.linalg.inv(np.ones((2, 2)))
np.linalg.cholesky(-np.eye(2))
np.linalg.solve(np.eye(2), np.ones(3))
np.einsum('ij,jk', np.ones((2, 3)))
np.einsum('ij,jk->ik', np.ones((2, 3)), np.ones((2, 3)))
nd.linalg.gemm2(nd.ones((2, 3)), nd.ones((2, 3)))
nd.norm(nd.ones(3), ord=3)
nd.Convolution(nd.ones((1, 2, 4, 4)), nd.ones((3, 1, 2, 2)), kernel=(2, 2), num_filter=3)
nd.Convolution(nd.ones((1, 1, 3, 3)), nd.ones((1, 1, 5, 5)), kernel=(5, 5), num_filter=1)
nd.Pooling(nd.ones((1, 1, 4, 4)), kernel=(2, 2), pool_type='mean')
nd.Pooling(nd.ones((1, 1, 4, 4)), kernel=(2, 2, 2))
nd.Pooling(nd.ones((1, 1, 2, 2)), kernel=(5, 5))
nd.BatchNorm(nd.ones((2, 3)), nd.ones(2), nd.ones(3), nd.ones(3), nd.ones(3))
npx.layer_norm(np.ones((2, 3)), np.ones(2), np.ones(2))
nd.Embedding(nd.array([1]), nd.ones((4, 3)), input_dim=5, output_dim=3)
npx.softmax(np.ones((2, 3)), np.ones(5), use_length=True)
npx.pick(np.ones((2, 3)), np.ones(2), mode='raise')
npx.topk(np.ones(3), ret_typ='values')
np.take(np.ones(3), np.array([1]), mode='wrong')
np.ones(3)[np.array([7])]
np.ones(3)[[0, 9]]
nd.slice(nd.ones((2, 3)), begin=(0, 0), end=(1,))
nd.slice_axis(nd.ones((2, 3)), axis=4, begin=0, end=1)
nd.concat(nd.ones((2, 3)), nd.ones((3, 2)), dim=1)
nd.SliceChannel(nd.ones((2, 3)), num_outputs=2, axis=1)
nd.broadcast_axis(nd.ones((2, 3)), axis=0, size=4)
nd.Activation(nd.ones(2), act_type='rellu')
nd.SoftmaxOutput(nd.ones((2, 3)), nd.ones(2), normalization='mean')
nd.L2Normalization(nd.ones((2, 3)), mode='row')
np.pad(np.ones((2, 2)), 1, mode='mirror')
np.clip(np.ones(3), 'a', 2)
np.full((2,), 'a')
np.eye(-1)
np.tile(np.ones(2), -1)
np.ones(3).astype('float31')
np.sum(np.ones(3), axes=0)
np.aranje
nd.sofmax
npx.batch_dott
mx.gluon.nn.Desne
mx.gluon.loss.L3Loss
nd.sparse
mx.sym
mx.kvstore
mx.image
np.ones(3).tostype('csr')
np.ones(3).attach_grad(stype='row_sparse')
nd.ones(3).copyto(nd.ones(4))
mx.init.create('xaver')
mx.metric.create('acc2')
mx.gluon.nn.Dense(3, prefix='d_')(nd.ones((2, 3)))
built(mx.gluon.nn.Dense(3, in_units=4))(nd.ones((2, 5)))
built(mx.gluon.nn.Conv2D(1, 3, in_channels=2))(nd.ones((1, 3, 5, 5)))
built(mx.gluon.rnn.GRU(3, input_size=2))(nd.ones((4, 1, 5)))
mx.gluon.Trainer([1], 'sgd')
mx.gluon.loss.L2Loss()(nd.ones((2, 3)), nd.ones((2, 4)))
mx.gluon.data.ArrayDataset(nd.ones(2), nd.ones(3))
twice(leaf([1.0, 2]))
record(lambda x: (x * 2).__iadd__(1), leaf([1.0]))
record(lambda x: x.__setitem__(0, 1), leaf([1.0]))
autograd.backward([np.ones(1)], [np.ones(2)])
np.ones((2, 3)).__setitem__(0, np.ones(4))
npx.one_hot(np.array([1]), -1)
np.random.normal(0, -1, (2,))
np.random.gumbel(0, -1, (2,))
np.random.power(0, (2,))
np.random.beta(-1, 1, (2,))
np.random.poisson(-1, (2,))
nd.random.normal(0, -1, shape=(2,))
nd.random.exponential(-1, shape=(2,))
built(mx.gluon.nn.Dense(2, activation='foo'))(nd.ones((1, 2)))
mx.gluon.rnn.RNN(3, activation='foo')
mx.cpu('a')
nd.load('no such file')
nd.save('no/such/folder/x', nd.ones(2))
mx.gluon.data.DataLoader(mx.gluon.data.ArrayDataset(nd.ones((3, 2))))
np.delete(np.arange(3), 5)
np.insert(np.arange(3), 7, 1)
np.zeros(2, order='F')
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
    assert len(re.findall(r"[.?`)](?: |$)", text)) >= 2, text
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
