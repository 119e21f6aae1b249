"""Operators of one's own by name: `mx.operator` and `nd.Custom`."""

import numpy
import pytest

from engine.errors import MXNetError, ShapeError
from tests.engine.helpers import autograd, nd, np

mx = __import__("mxnet")


class Cube(mx.operator.CustomOp):
    """x³."""

    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], in_data[0] ** 3)

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * in_data[0] ** 2 * 3)


@mx.operator.register("cube")
class CubeProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, in_shapes, in_dtypes):
        return Cube()


class SquaredError(mx.operator.CustomOp):
    def __init__(self, scale):
        self.scale = scale

    def forward(self, is_train, req, in_data, out_data, aux):
        out_data[0][:] = ((in_data[0] - in_data[1]) ** 2).mean(axis=1)
        out_data[1][:] = in_data[0] - in_data[1]
        aux[0][:] += 1

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        assert out_grad == []
        in_grad[0][:] = mx.nd.array(self.scale * out_data[1].asnumpy())


@mx.operator.register("squared_error")
class SquaredErrorProp(mx.operator.CustomOpProp):
    def __init__(self, scale="1"):
        super().__init__(need_top_grad=False)
        self.scale = float(scale)

    def list_arguments(self):
        return ["data", "label"]

    def list_outputs(self):
        return ["loss", "error"]

    def list_auxiliary_states(self):
        return ["calls"]

    def infer_shape(self, in_shape):
        return [in_shape[0], in_shape[0]], [in_shape[0][:1], in_shape[0]], [[1]]

    def create_operator(self, ctx, in_shapes, in_dtypes):
        return SquaredError(self.scale)


@pytest.mark.parametrize("space", [nd, np])
def test_it_is_differentiable_to_any_order(space):
    x = space.array([1.0, -2.0])
    x.attach_grad()
    with autograd.record():
        y = nd.Custom(x, op_type="cube")
        (first,) = autograd.grad(y, [x], create_graph=True)
        (second,) = autograd.grad(first, [x], create_graph=True)
    second.backward()
    assert type(y) is type(x)
    assert [a.asnumpy().tolist() for a in (y, first, second, x.grad)] == [
        [1, -8], [3, 12], [6, -12], [6, 6]
    ]  # fmt: skip


def loss_of(x, **given):
    label, calls = nd.zeros((1, 2)), nd.zeros((1,))
    with autograd.record():
        loss, error = nd.Custom(x, label=label, calls=calls, op_type="squared_error", **given)
    return loss, error, calls


def test_a_loss_has_several_outputs_options_and_states_and_needs_no_head_gradient():
    x = nd.array([[1.0, 3.0]])
    x.attach_grad()
    loss, _, calls = loss_of(x, scale=2)
    loss.backward()
    assert loss.asnumpy().tolist() == [5]
    assert x.grad.asnumpy().tolist() == [[2, 6]]
    assert calls.asscalar() == 1


def test_a_gradient_written_in_place_says_that_it_has_no_derivative():
    x = nd.array([[1.0, 3.0]])
    x.attach_grad()
    loss, _, _ = loss_of(x)
    with pytest.raises(MXNetError, match=r"Use both in `backward`"):
        autograd.grad(loss, [x], create_graph=True)


def test_wrong_calls_name_what_is_needed():
    with pytest.raises(MXNetError, match="It needs 3: data, label, calls"):
        nd.Custom(nd.ones((1, 2)), op_type="squared_error")
    with pytest.raises(ShapeError, match=r"\(1, 2\), \(3,\)"):
        nd.Custom(nd.ones((1, 2)), nd.ones(3), nd.ones(1), op_type="squared_error")
    with pytest.raises(TypeError, match="It takes a class of CustomOpProp"):
        mx.operator.register("wrong")(numpy.ones(2))
