"""Recording and backward passes: modes, marks, heads, graphs kept and freed."""

import numpy
import pytest

from engine.errors import CalledTwice, MXNetError, NotOnTape, ShapeError
from tests.engine.helpers import autograd, grads, leaf, nd, np, record, slope


def modes():
    return autograd.is_recording(), autograd.is_training()


def close(array, wanted):
    numpy.testing.assert_allclose(array.asnumpy(), wanted, rtol=1e-12)


# ----- Modes -----


@pytest.mark.parametrize(
    ("scopes", "inside"),
    [
        ([autograd.record], (True, True)),
        ([lambda: autograd.record(train_mode=False)], (True, False)),
        ([autograd.pause], (False, False)),
        ([lambda: autograd.pause(train_mode=True)], (False, True)),
        ([autograd.train_mode], (False, True)),
        ([autograd.predict_mode], (False, False)),
        ([autograd.record, autograd.pause], (False, False)),
        ([autograd.record, autograd.predict_mode], (True, False)),
        ([autograd.record, autograd.pause, autograd.record], (True, True)),
        ([autograd.train_mode, lambda: autograd.record(train_mode=False)], (True, False)),
        ([autograd.record, autograd.predict_mode, autograd.train_mode], (True, True)),
    ],
)
def test_scopes_nest_and_put_the_modes_back(scopes, inside):
    before = modes()
    with scopes[0]():
        if scopes[1:]:
            test_scopes_nest_and_put_the_modes_back(scopes[1:], inside)
        else:
            assert modes() == inside
    assert modes() == before


def test_outside_every_scope_nothing_is_recorded():
    assert modes() == (False, False)


@pytest.mark.parametrize(
    "scope", [autograd.record, autograd.pause, autograd.train_mode, autograd.predict_mode]
)
def test_an_exception_puts_the_modes_back(scope):
    with autograd.record(train_mode=False):
        with pytest.raises(ZeroDivisionError), scope():
            raise ZeroDivisionError
        assert modes() == (True, False)


def test_a_scope_can_be_entered_again():
    scope = autograd.record()
    with scope, scope:
        assert modes() == (True, True)
    with scope:
        assert modes() == (True, True)
    assert modes() == (False, False)


def test_set_recording_and_set_training_return_what_was():
    assert autograd.set_recording(True) is False
    assert autograd.set_recording(False) is True
    assert autograd.set_training(True) is False
    assert autograd.set_training(False) is True


def test_set_recording_puts_operations_on_the_tape():
    x = leaf([1.0, 2])
    autograd.set_recording(True)
    y = x * x
    autograd.set_recording(False)
    y.backward()
    assert x.grad.tolist() == [2, 4]


def test_operations_in_pause_are_constants():
    def f(x):
        with autograd.pause():
            factor = x * x
        return x * factor

    assert slope(f, leaf([2.0, 3])) == [4, 9]


def test_backward_leaves_the_modes_alone():
    x = leaf([1.0])
    with autograd.record(train_mode=False):
        y = x * x
        y.backward()
        assert modes() == (True, False)


def test_a_failing_backward_leaves_the_modes_alone():
    class Fails(autograd.Function):
        def forward(self, x):
            return x * 2

        def backward(self, g):
            raise KeyError("no")

    y = record(lambda x: Fails()(x), leaf([1.0]))
    with autograd.train_mode():
        with pytest.raises(KeyError):
            y.backward()
        assert modes() == (False, True)


@pytest.mark.parametrize("train", [True, False])
def test_backward_runs_in_the_asked_training_mode(train):
    seen = []

    class Looks(autograd.Function):
        def forward(self, x):
            return x * 2

        def backward(self, g):
            seen.append(modes())
            return g

    record(lambda x: Looks()(x), leaf([1.0])).backward(train_mode=train)
    assert seen == [(False, train)]


# ----- Marking variables -----


def test_attach_grad_gives_a_buffer_of_zeros_in_the_arrays_dtype():
    x = leaf([[1, 2]], "float32")
    assert x.grad.tolist() == [[0, 0]] and x.grad.dtype == "float32"


def test_an_array_without_attach_grad_has_no_grad():
    assert np.array([1.0]).grad is None


def test_write_replaces_add_adds_and_null_leaves_the_gradient():
    x, y, z = (leaf([1.0], req=req) for req in ("write", "add", "null"))
    for _ in range(3):
        record(lambda: x * 2 + y * 3 + z * 4).backward()
    assert x.grad.tolist() == [2] and y.grad.tolist() == [9]
    assert z.grad is None


def test_a_buffer_that_adds_starts_anew_when_it_is_zeroed():
    x = leaf([1.0, 2], req="add")
    for _ in range(2):
        record(lambda: x * x).backward()
    x.grad[:] = 0
    record(lambda: x * x).backward()
    assert x.grad.tolist() == [2, 4]


def test_a_gradient_held_by_the_user_is_the_live_buffer():
    x = leaf([1.0, 2])
    g = x.grad
    record(lambda: x * x).backward()
    assert g.tolist() == [2, 4] and g is x.grad


def test_a_copied_gradient_stays_when_the_next_is_written():
    x = leaf([1.0, 2])
    record(lambda: x * x).backward()
    kept = x.grad.copy()
    record(lambda: x * 7).backward()
    assert kept.tolist() == [2, 4] and x.grad.tolist() == [7, 7]


def test_zero_grad_zeroes():
    x = leaf([1.0])
    record(lambda: x * 2).backward()
    x.zero_grad()
    assert x.grad.tolist() == [0]


def test_attach_grad_refuses_an_unknown_req():
    with pytest.raises(ValueError, match=r"attach_grad: got grad_req 'sum'.*'write', 'add'"):
        np.array([1.0]).attach_grad("sum")


def test_attach_grad_refuses_sparse_storage():
    with pytest.raises(MXNetError, match="sparse"):
        np.array([1.0]).attach_grad(stype="row_sparse")


def test_mark_variables_uses_the_given_buffers():
    x, y, g, h = (np.array([v, v]) for v in (2.0, 3.0, 0.0, 1.0))
    autograd.mark_variables([x, y], [g, h], ["write", "add"])
    record(lambda: x * y).backward()
    assert g.tolist() == [3, 3] and h.tolist() == [3, 3] and x.grad is g


def test_mark_variables_takes_single_arrays():
    x, g = np.array([2.0]), np.array([0.0])
    autograd.mark_variables(x, g)
    record(lambda: x * x).backward()
    assert g.tolist() == [4]


def test_mark_variables_wants_one_gradient_for_each_variable():
    with pytest.raises(ValueError, match="got 1 variables, 0 gradients"):
        autograd.mark_variables([np.array([1.0])], [])


def test_attach_grad_on_a_result_keeps_the_graph_and_its_gradient():
    x, y = leaf([1.0, 2, 3]), leaf([4.0, 5, 6])
    with autograd.record():
        u = x * y
        z = u * x
    u.attach_grad()
    z.attach_grad()
    g = np.array([1.0, 10, 100], dtype="float64")
    z.backward(g, retain_graph=True)
    assert u.grad.tolist() == (g * x).tolist() and z.grad.tolist() == g.tolist()
    assert x.grad.tolist() == (g * 2 * x * y).tolist()
    assert y.grad.tolist() == (g * x * x).tolist()


def test_drop_grad_takes_the_kept_gradient_away_and_leaves_the_graph():
    x = leaf([1.0, 2])
    with autograd.record():
        u = x * x
        u.attach_grad()
        z = u * 3
    u.drop_grad()
    z.backward()
    assert u.grad is None and x.grad.tolist() == [6, 12]


def test_attach_grad_inside_record_on_a_result_keeps_the_graph():
    x = leaf([1.0, 2])
    with autograd.record():
        u = x * 2
        u.attach_grad()
        z = u * u
    z.backward()
    assert u.grad.tolist() == [4, 8] and x.grad.tolist() == [8, 16]


def test_attach_grad_on_a_freed_result_starts_a_new_leaf():
    x = leaf([1.0, 2])
    y = record(lambda: x * 3)
    y.backward()
    y.attach_grad()
    record(lambda: y * y).backward()
    assert y.grad.tolist() == [6, 12] and x.grad.tolist() == [3, 3]


def test_an_updated_leaf_keeps_its_gradient_buffer():
    x = leaf([1.0, 2])
    for expected in ([2, 4], [1, 2]):
        record(np.square, x).backward()
        assert x.grad.tolist() == expected
        x -= 0.25 * x.grad


# ----- Heads -----


def test_without_a_head_gradient_ones_are_taken():
    assert slope(lambda x: x * x, leaf([1.0, 2])) == [2, 4]


def test_the_head_gradient_weighs_the_elements():
    head = np.array([1.0, 10], dtype="float64")
    assert slope(lambda x: x * x, leaf([1.0, 2]), head) == [2, 40]


@pytest.mark.parametrize("shape", [(3,), (2, 1), (1,), ()])
def test_a_head_gradient_of_another_shape_is_refused(shape):
    y = record(lambda x: x * x, leaf([1.0, 2]))
    with pytest.raises(ShapeError, match=r"the head has shape \(2,\), its gradient \("):
        y.backward(np.ones(shape))


def test_a_head_gradient_of_another_dtype_gives_the_leafs_dtype():
    x = leaf([1.0, 2], "float32")
    record(lambda: x * x).backward(np.array([1.0, 1], dtype="float64"))
    assert x.grad.dtype == "float32" and x.grad.tolist() == [2, 4]


def test_several_heads_add_up():
    x = leaf([1.0, 2])
    with autograd.record():
        y, z = x * x, x * 3
    autograd.backward([y, z], [np.array([1.0, 2], dtype="float64"), None])
    assert x.grad.tolist() == [5, 11]


def test_a_head_that_another_head_depends_on_counts_too():
    x = leaf([1.0, 2])
    with autograd.record():
        y = x * x
        z = y * 3
    autograd.backward([z, y])
    assert x.grad.tolist() == [8, 16]


def test_the_same_head_twice_counts_twice():
    x = leaf([1.0, 2])
    y = record(lambda: x * x)
    autograd.backward([y, y])
    assert x.grad.tolist() == [4, 8]


def test_there_must_be_a_head_gradient_for_each_head():
    y = record(lambda x: x * x, leaf([1.0]))
    with pytest.raises(ValueError, match="got 1 heads and 2 head gradients"):
        autograd.backward([y], [None, None])


def test_heads_must_be_arrays():
    with pytest.raises(TypeError, match="Only arrays can be differentiated"):
        autograd.backward([3.0])


def test_backward_on_a_marked_leaf_gives_ones():
    x = leaf([1.0, 2])
    x.backward()
    assert x.grad.tolist() == [1, 1]


def test_backward_on_a_marked_leaf_hands_the_head_gradient_through():
    x = leaf([1.0, 2], req="add")
    for _ in range(2):
        x.backward(np.array([3.0, 4], dtype="float64"))
    assert x.grad.tolist() == [6, 8]


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.array([1.0]),
        lambda: leaf([1.0]) * 2,
        lambda: record(lambda: np.array([1.0]) * 2),
    ],
)
def test_backward_without_a_graph_says_how_to_get_one(make):
    with pytest.raises(MXNetError, match=r"x\.attach_grad\(\).*autograd\.record\(\)"):
        make().backward()


# ----- Graphs kept and freed -----


def test_a_second_backward_says_that_the_graph_can_be_retained():
    y = record(lambda x: x * x, leaf([1.0]))
    y.backward()
    with pytest.raises(NotOnTape, match="retain_graph=True"):
        y.backward()


def test_retain_graph_allows_another_pass():
    x = leaf([1.0, 2], req="add")
    y = record(lambda: x * x)
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [4, 8]


def test_a_pass_frees_the_shared_part_of_another_graph():
    x = leaf([1.0])
    with autograd.record():
        y = x * x
        z = y * x
    z.backward()
    with pytest.raises(NotOnTape):
        y.backward()


def test_a_detached_part_is_not_freed():
    x = leaf([2.0])
    with autograd.record():
        y = x * x
        z = y.detach() * x
    z.backward()
    assert x.grad.tolist() == [4]
    y.backward()
    assert x.grad.tolist() == [4]


def test_a_graph_that_uses_a_freed_result_cannot_be_differentiated():
    x = leaf([1.0])
    y = record(lambda: x * x)
    y.backward()
    z = record(lambda: y * 2)
    with pytest.raises(NotOnTape):
        z.backward()


def test_values_stay_readable_after_the_graph_is_freed():
    y = record(lambda x: x * x, leaf([3.0]))
    y.backward()
    assert y.tolist() == [9]


def test_a_failing_pass_does_not_write_gradients():
    class Fails(autograd.Function):
        def forward(self, x):
            return x * 2

        def backward(self, g):
            raise KeyError("no")

    x = leaf([1.0])
    with autograd.record():
        z = Fails()(x) + x * 5
    with pytest.raises(KeyError):
        z.backward()
    assert x.grad.tolist() == [0]


def test_an_array_used_many_times_gathers_all_contributions():
    assert slope(lambda x: x * x + x * 3 + x, leaf([2.0])) == [8]


def test_a_diamond_is_walked_once():
    def f(x):
        for _ in range(20):
            x = x + x
        return x

    assert slope(f, leaf([1.0])) == [2.0**20]


def test_operands_that_do_not_lead_to_the_head_get_zero():
    x, y = leaf([1.0]), leaf([1.0])
    y.grad[:] = 7
    with autograd.record():
        _ = y * 2
        z = x * 2
    z.backward()
    assert x.grad.tolist() == [2] and y.grad.tolist() == [7]


def test_a_leaf_behind_a_step_gets_zeros():
    x = leaf([1.5], req="write")
    x.grad[:] = 7
    record(lambda: np.floor(x)).backward()
    assert x.grad.tolist() == [0]


def test_numbers_on_either_side_are_constants():
    assert slope(lambda x: 1 - 2 * x / 4 + 3**x * 0, leaf([2.0])) == [-0.5]


def test_broadcasting_is_undone_for_every_operand():
    a, b, c = leaf([[1.0, 2], [3, 4]]), leaf([10.0, 20]), leaf([[5.0], [6]])
    assert grads(lambda a, b, c: a * b + c, a, b, c) == [[[10, 20], [10, 20]], [4, 6], [[2], [2]]]


def test_a_0d_operand_gets_a_0d_gradient():
    a, b = leaf([1.0, 2]), leaf(3.0)
    assert grads(lambda a, b: a * b, a, b) == [[3, 3], 3]


# ----- detach -----


def test_detach_shares_memory():
    x = np.array([1.0, 2])
    y = x.detach()
    x[0] = 9
    y[1] = 8
    assert x.tolist() == y.tolist() == [9, 8]


def test_detach_of_a_recorded_result_has_no_past():
    x = leaf([1.0])
    with autograd.record():
        y = (x * 2).detach()
    with pytest.raises(NotOnTape):
        y.backward()


def test_a_detached_array_can_become_a_leaf():
    x = leaf([1.0, 2])
    with autograd.record():
        y = (3 * x).detach()
        y.attach_grad()
        z = 4 * y + 2 * x
    z.backward()
    assert x.grad.tolist() == [2, 2] and y.grad.tolist() == [4, 4]


# ----- In place -----


@pytest.mark.parametrize(
    "write",
    ["x += 1", "x -= 1", "x *= 2", "x /= 2", "x **= 2", "x[:] = 1", "x[0] = 1", "x[...] = 1"],
)
@pytest.mark.parametrize("made", ["leaf", "result"])
def test_writing_to_a_recorded_array_inside_record_is_refused(write, made):
    x = leaf([1.0, 2])
    with autograd.record():
        x = x if made == "leaf" else x * 2
        with pytest.raises(MXNetError, match=r"(?s)Inplace operations.*Write `x = x \+"):
            exec(write, {"x": x})


def test_writing_a_recorded_value_inside_record_is_refused():
    x, y = leaf([1.0, 2]), np.zeros(2)
    with autograd.record(), pytest.raises(MXNetError, match="Inplace operations"):
        y[:] = x * 2


def test_arrays_that_have_no_part_in_the_graph_may_be_written_inside_record():
    x, count = leaf([1.0]), np.zeros(1)
    with autograd.record():
        y = x * 2
        count += 1
        count[0] = count[0] * 5
    y.backward()
    assert count.tolist() == [5] and x.grad.tolist() == [2]


def test_a_write_after_recording_does_not_change_the_gradient():
    x, w = leaf([1.0, 2]), np.array([3.0, 4], dtype="float64")
    with autograd.record():
        y = x * w
    w[:] = 100
    w += 1
    y.backward()
    assert x.grad.tolist() == [3, 4]


def test_a_leaf_overwritten_after_recording_keeps_its_recorded_value():
    x = leaf([1.0, 2])
    y = record(lambda: x * x)
    x[:] = 100
    y.backward()
    assert x.grad.tolist() == [2, 4] and x.tolist() == [100, 100]


def test_a_write_through_a_view_does_not_change_the_gradient():
    w, x = np.array([3.0, 4], dtype="float64"), leaf([1.0, 2])
    part = w[0:1]
    with autograd.record():
        y = x * w
    part[:] = 100
    y.backward()
    assert x.grad.tolist() == [3, 4] and w.tolist() == [100, 4]


def test_gradients_that_share_one_cotangent_do_not_share_memory():
    a, b = leaf([1.0, 2]), leaf([3.0, 4])
    record(lambda: a + b).backward()
    a.grad[0] = 99
    assert b.grad.tolist() == [1, 1]


def test_a_gradient_does_not_share_memory_with_the_head_gradient():
    x, head = leaf([1.0, 2]), np.array([5.0, 6], dtype="float64")
    record(lambda: x + 0).backward(head)
    x.grad[:] = 0
    assert head.tolist() == [5, 6]


def test_in_place_outside_record_keeps_identity_and_dtype():
    x = y = np.array([1, 2], dtype="float32")
    x += np.array([0.5, 0.5])
    assert y is x and x.dtype == "float32" and y.tolist() == [1.5, 2.5]


def test_in_place_cannot_change_the_shape():
    x = np.array([1.0, 2])
    with pytest.raises(ShapeError, match=r"result has shape \(2, 2\), the array \(2,\)"):
        x += np.ones((2, 2))


# ----- Ties and kinks -----


@pytest.mark.parametrize("space", [nd, np])
def test_every_tied_extreme_gets_the_whole_gradient(space):
    x = leaf([[1, 3, 3], [2, 2, 1]], "float32", space)
    record(lambda: x.max(axis=1)).backward()
    assert x.grad.asnumpy().tolist() == [[0, 1, 1], [1, 1, 0]]
    record(lambda: x.min()).backward()
    assert x.grad.asnumpy().tolist() == [[1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ("f", "at_tie"),
    [
        (lambda x: np.maximum(x, 1), 1),
        (lambda x: np.maximum(1, x), 1),
        (lambda x: np.minimum(x, 1), 1),
        (lambda x: np.minimum(1, x), 1),
        (lambda x: np.clip(x, 1, 2), 1),
        (lambda x: np.clip(x, 0, 1), 1),
        (lambda x: np.abs(x - 1), 0),
        (lambda x: np.sign(x - 1), 0),
        (lambda x: np.maximum(x, x), 1),
    ],
)
def test_at_a_kink_the_gradient_is_mxnets(f, at_tie):
    assert slope(f, leaf([1.0])) == [at_tie]


def test_at_a_tie_of_two_arrays_the_left_one_gets_the_gradient():
    for f in (np.maximum, np.minimum):
        assert grads(f, leaf([1.0]), leaf([1.0])) == [[1], [0]]


# ----- autograd.grad -----


def test_grad_gives_a_list_even_for_one_variable():
    x = leaf([1.0, 2])
    found = autograd.grad(record(lambda: x * x), x)
    assert type(found) is list and found[0].tolist() == [2, 4]


def test_grad_leaves_the_buffers_alone():
    x = leaf([1.0, 2])
    autograd.grad(record(lambda: x * x), x)
    assert x.grad.tolist() == [0, 0]


def test_grad_keeps_the_order_of_the_variables():
    a, b = leaf([1.0]), leaf([2.0])
    y = record(lambda: a * a * b)
    assert [g.tolist() for g in autograd.grad(y, [b, a])] == [[1], [4]]


def test_grad_of_an_unrelated_variable_is_zero():
    a, b = leaf([1.0]), leaf([2.0, 3])
    assert autograd.grad(record(lambda: a * 2), [b])[0].tolist() == [0, 0]


def test_grad_with_respect_to_an_intermediate_result():
    x = leaf([1.0, 2])
    with autograd.record():
        u = x * x
        z = u * u
    assert autograd.grad(z, u, retain_graph=True)[0].tolist() == [2, 8]
    assert autograd.grad(z, [u, x])[1].tolist() == [4, 32]


def test_grad_with_respect_to_the_head_itself_is_the_head_gradient():
    x = leaf([1.0, 2])
    y = record(lambda: x * x)
    assert autograd.grad(y, [y, x])[0].tolist() == [1, 1]


def test_grad_with_head_gradients():
    x = leaf([1.0, 2])
    y = record(lambda: x * x)
    assert autograd.grad([y], [x], [np.array([3.0, 4], dtype="float64")])[0].tolist() == [6, 16]


def test_grad_frees_the_graph_unless_told_otherwise():
    x = leaf([1.0])
    y = record(lambda: x * x)
    autograd.grad(y, x, retain_graph=True)
    autograd.grad(y, x)
    with pytest.raises(NotOnTape):
        autograd.grad(y, x)


def test_grad_of_a_variable_without_a_mark_says_which():
    x, y = leaf([1.0]), np.array([1.0, 2])
    with pytest.raises(MXNetError, match=r"variable 1 \(shape \(2,\)\).*attach_grad"):
        autograd.grad(record(lambda: x * 2), [x, y])


def test_grads_have_the_class_and_dtype_of_their_variables():
    for space, dtype in ((nd, "float64"), (np, "float16")):
        x = leaf([1.0], dtype, space)
        g = autograd.grad(record(lambda x=x: x * x), x)[0]
        assert type(g) is type(x) and g.asnumpy().dtype == dtype


def test_get_symbol_lists_the_variables():
    a, b = leaf([1.0]), leaf([2.0])
    y = record(lambda: a * b + a)
    assert len(autograd.get_symbol(y).list_arguments()) == 2


# ----- Function -----


class Product(autograd.Function):
    """Product and sum of two arrays."""

    def forward(self, a, b):
        self.save_for_backward(a, b)
        return a * b, a + b

    def backward(self, product, total):
        a, b = self.saved_tensors
        return product * b + total, product * a + total


def test_a_function_has_several_inputs_and_outputs():
    def f(a, b):
        product, total = Product()(a, b)
        return product * 2 + total

    assert grads(f, leaf([1.0]), leaf([3.0])) == [[7], [3]]


def test_an_output_that_is_not_used_sends_zeros():
    assert grads(lambda a, b: Product()(a, b)[1], leaf([2.0]), leaf([3.0])) == [[1], [1]]


def test_a_function_outside_record_only_computes():
    product, total = Product()(np.array([2.0]), np.array([3.0]))
    assert product.tolist() == [6] and total.tolist() == [5]
    with pytest.raises(NotOnTape):
        total.backward()


def test_operations_inside_forward_stay_off_the_tape():
    seen = []

    class Looks(autograd.Function):
        def forward(self, x):
            seen.append(autograd.is_recording())
            return x * 2

        def backward(self, g):
            return g

    assert slope(lambda x: Looks()(x), leaf([1.0])) == [1] and seen == [False]


def test_a_function_may_save_its_outputs():
    class Exp(autograd.Function):
        def forward(self, x):
            y = np.exp(x)
            self.save_for_backward(y)
            return y

        def backward(self, g):
            (y,) = self.saved_tensors
            return g * y

    x = leaf([0.5])
    with autograd.record():
        first = autograd.grad(Exp()(x), x, create_graph=True)[0]
        second = autograd.grad(first, x, create_graph=True)[0]
    second.backward()
    for found in (first, second, x.grad):
        close(found, numpy.exp([0.5]))


def test_second_order_goes_through_a_function():
    class Cube(autograd.Function):
        def forward(self, x):
            self.save_for_backward(x)
            return x * x * x

        def backward(self, g):
            (x,) = self.saved_tensors
            return g * 3 * x * x

    x = leaf([2.0])
    with autograd.record():
        first = autograd.grad(Cube()(x) * x, x, create_graph=True)[0]
    first.backward()
    assert first.tolist() == [32] and x.grad.tolist() == [48]


def test_second_order_goes_through_several_outputs():
    a, b = leaf([2.0]), leaf([3.0])
    with autograd.record():
        product, total = Product()(a, b)
        da, db = autograd.grad(product * total, [a, b], create_graph=True)
        (da * db).backward()  # (2ab + b^2) (a^2 + 2ab)
    assert da.tolist() == [21] and db.tolist() == [16]
    assert a.grad.tolist() == [6 * 16 + 21 * 10] and b.grad.tolist() == [10 * 16 + 21 * 4]


def test_an_instance_can_be_called_once():
    f = Product()
    f(np.array([1.0]), np.array([1.0]))
    with pytest.raises(CalledTwice, match=r"Product: .*called before.*`Product\(\)\(…\)`"):
        f(np.array([1.0]), np.array([1.0]))


def made(forward, backward):
    kind = type("Own", (autograd.Function,), {"forward": forward, "backward": backward})
    return lambda *xs: kind()(*xs)


def test_a_gradient_of_none_is_zero():
    f = made(lambda self, a, b: a * b, lambda self, g: (g, None))
    assert grads(f, leaf([1.0]), leaf([2.0])) == [[1], [0]]


@pytest.mark.parametrize("returned", [(), (1,), (1, 2, 3)])
def test_backward_must_return_a_gradient_for_each_input(returned):
    f = made(lambda self, a, b: a * b, lambda self, g: tuple(g for _ in returned))
    y = record(f, leaf([1.0]), leaf([2.0]))
    with pytest.raises(MXNetError, match=f"returned {len(returned)} gradients for 2 inputs"):
        y.backward()


def test_a_gradient_must_have_its_inputs_shape():
    f = made(lambda self, x: x * 2, lambda self, g: g.sum())
    y = record(f, leaf([1.0, 2]))
    with pytest.raises(ShapeError, match=r"gradient 0 has shape \(\), input 0 has shape \(2,\)"):
        y.backward()


def test_forward_must_return_arrays():
    with pytest.raises(TypeError, match=r"Own\.forward: returned float"):
        made(lambda self, x: 2.0, None)(leaf([1.0]))


def test_backward_must_return_arrays():
    y = record(made(lambda self, x: x * 2, lambda self, g: 2.0), leaf([1.0]))
    with pytest.raises(TypeError, match=r"Own\.backward: returned float"):
        y.backward()


def test_a_function_takes_arrays_only():
    with pytest.raises(TypeError, match="got an input of type int"):
        Product()(np.array([1.0]), 3)


def test_a_function_without_forward_says_so():
    with pytest.raises(NotImplementedError, match=r"needs a method `forward"):
        type("Bare", (autograd.Function,), {})()(leaf([1.0]))


def test_forward_that_returns_its_input_is_an_operation_of_its_own():
    f = made(lambda self, x: x, lambda self, g: g * 10)
    assert slope(lambda x: f(x) * 2, leaf([1.0])) == [20]


def test_a_functions_own_state_survives():
    class Scale(autograd.Function):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def forward(self, x):
            return x * self.factor

        def backward(self, g):
            return g * self.factor

    assert slope(lambda x: Scale(7)(x), leaf([1.0])) == [7]


def test_a_function_on_nd_arrays_gets_nd_arrays_back():
    kinds = []

    class Looks(autograd.Function):
        def forward(self, x):
            return x * 2

        def backward(self, g):
            kinds.append(type(g).__name__)
            return g

    x = leaf([1.0], "float32", nd)
    y = record(lambda: Looks()(x))
    y.backward()
    assert kinds == [type(y).__name__] == ["NDArray"]
