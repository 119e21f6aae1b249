"""Memory: what is shared, what is copied, and what the tape keeps of it.

Which expressions share memory is recorded from MXNet (programs.py, "what shares memory").
"""

import numpy
import pytest

from engine.errors import MXNetError, ShapeError
from tests.engine.helpers import autograd, leaf, nd, np, record

SPACES = pytest.mark.parametrize("space", [nd, np], ids=["nd", "np"])


def grid(space):
    return space.array([[0, 1, 2], [3, 4, 5]])


def shown(x):
    return x.asnumpy().tolist()


@SPACES
def test_a_write_through_a_row_is_a_write_to_the_whole(space):
    x = grid(space)
    row = x[1]
    row[:] = 9
    assert shown(x) == [[0, 1, 2], [9, 9, 9]] and shown(row) == [9, 9, 9]


@SPACES
def test_a_write_to_the_whole_is_seen_in_every_view(space):
    x = grid(space)
    views = [x[0], x[0:1], x[0][1:], x.detach(), x[0, 2]]
    x[:] = 7
    assert all((v.asnumpy() == 7).all() for v in views)


@SPACES
def test_views_of_views_share(space):
    x = grid(space)
    x[0:2][1][1:][0:1][:] = 8
    assert shown(x) == [[0, 1, 2], [3, 8, 5]]


@SPACES
def test_a_view_of_one_element_is_written_through(space):
    x = grid(space)
    x[1, 2][...] = 8
    assert x[1, 2].asnumpy() == 8


@SPACES
def test_siblings_see_each_others_writes(space):
    x = grid(space)
    upper, cell = x[0], x[0:1]
    upper[0] = 5
    cell += 1
    assert shown(upper) == [6, 2, 3] and shown(x)[0] == [6, 2, 3]


@SPACES
def test_chained_indices_write_to_the_whole(space):
    x = grid(space)
    x[1][2] = 8
    x[0:1][0][1] = 7
    assert shown(x) == [[0, 7, 2], [3, 4, 8]]


@SPACES
def test_in_place_operators_write_through_views(space):
    x = grid(space)
    row = x[0]
    row *= 10
    row -= 1
    assert shown(x)[0] == [-1, 9, 19]


@SPACES
def test_a_view_outlives_its_whole(space):
    x = grid(space)
    row, other = x[1], x[1]
    del x
    row[0] = 9
    assert shown(other) == [9, 4, 5]


@SPACES
def test_a_view_assigned_to_itself_changes_nothing(space):
    x = grid(space)
    x[0] = x[0]
    x[:] = x
    assert shown(x) == [[0, 1, 2], [3, 4, 5]]


@SPACES
def test_overlapping_views_copy_as_if_the_source_came_first(space):
    x = space.array([1, 2, 3, 4])
    x[1:] = x[:-1]
    assert shown(x) == [1, 1, 2, 3]


@SPACES
@pytest.mark.parametrize(
    "copy",
    [
        lambda x: x.copy(),
        lambda x: x[:, 0:2],
        lambda x: x[:, ::2],
        lambda x: x.T,
        lambda x: x[[0, 1]],
        lambda x: x + 0,
        lambda x: x.astype("float32"),
    ],
)
def test_copies_are_copies(space, copy):
    x = grid(space)
    y = copy(x)
    before = shown(y)
    x[:] = 9
    assert shown(y) == before
    y[:] = 1
    assert (x.asnumpy() == 9).all()


def test_reshape_shares_in_nd_and_copies_in_np():
    x, y = grid(nd), grid(np)
    x.reshape((3, 2))[0] = 9
    y.reshape(3, 2)[0] = 9
    assert shown(x)[0] == [9, 9, 2] and shown(y)[0] == [0, 1, 2]


def test_a_converted_array_shares_memory():
    x = grid(nd)
    y = x.as_np_ndarray()
    x[:] = 1
    y[0] = 2
    assert shown(x) == shown(y) == [[2, 2, 2], [1, 1, 1]]


@SPACES
def test_numpy_data_is_copied_in_and_out(space):
    raw = numpy.zeros(2, "float32")
    x = space.array(raw)
    raw[:] = 1
    out = x.asnumpy()
    out[:] = 2
    assert shown(x) == [0, 0]


@SPACES
def test_an_array_made_from_an_array_is_a_copy(space):
    x = space.array([1.0])
    y = space.array(x)
    x[:] = 2
    assert shown(y) == [1]


# ----- Views and the tape -----


@SPACES
def test_the_tape_keeps_the_values_of_its_time(space):
    x, w = leaf([1, 2], "float32", space), grid(space)
    row = w[0, 0:2]
    with autograd.record():
        y = x * row
    w[:] = 100
    y.backward()
    assert shown(x.grad) == [0, 1] and shown(row) == [100, 100]


@SPACES
def test_a_view_of_a_leaf_takes_gradients_to_the_leaf(space):
    x = leaf([[1, 2], [3, 4]], "float32", space)
    record(lambda: x[1] * x[1]).backward()
    assert shown(x.grad) == [[0, 0], [6, 8]]


@SPACES
def test_a_leaf_updated_through_a_view_is_recorded_with_its_new_value(space):
    x = leaf([1, 2], "float32", space)
    x[0:1][:] = 5
    record(lambda: x * x).backward()
    assert shown(x.grad) == [10, 4]


@SPACES
def test_a_view_can_be_a_leaf_of_its_own(space):
    x = grid(space)
    row = x[1]
    row.attach_grad()
    record(lambda: row * row).backward()
    assert shown(row.grad) == [6, 8, 10] and x.grad is None


@SPACES
def test_the_gradient_can_be_written_through_a_view(space):
    x = leaf([[1, 2], [3, 4]], "float32", space, "add")
    first = x.grad[0]
    first[:] = 10
    record(lambda: x * 2).backward()
    assert shown(x.grad) == [[12, 12], [2, 2]] and shown(first) == [12, 12]


@SPACES
def test_detached_arrays_share_while_the_original_has_a_past(space):
    x = leaf([1, 2], "float32", space)
    y = record(lambda: x * 2)
    d = y.detach()
    d[0] = 9
    y.backward()
    assert shown(y) == [9, 4] and shown(x.grad) == [2, 2]


@SPACES
def test_a_plain_array_viewed_inside_record_shares(space):
    x = grid(space)
    with autograd.record():
        row = x[0]
        row[:] = 5
    assert shown(x)[0] == [5, 5, 5]


# ----- Writing -----


@SPACES
@pytest.mark.parametrize(
    ("key", "value"),
    [
        (0, 7),
        (-1, [1, 2, 3]),
        ((slice(None), 1), 5),
        ((1, slice(0, 2)), 6),
        ((slice(None), slice(None, None, 2)), [[1, 2], [3, 4]]),
        (Ellipsis, 8),
        ((Ellipsis, 0), [7, 8]),
        (slice(None), [[1], [2]]),
        ([1, 0], 4),
        (([0, 1], [2, 0]), [5, 6]),
    ],
)
def test_writing_does_what_numpy_does(space, key, value):
    x, raw = grid(space), numpy.arange(6.0).reshape(2, 3)
    x[key] = value
    raw[key] = value
    assert shown(x) == raw.tolist()


def test_writing_where_a_condition_holds():
    x = grid(np)
    x[x > 2] = 0
    x[np.array([True, False], dtype="bool")] = 7
    assert shown(x) == [[7, 7, 7], [0, 0, 0]]


@SPACES
def test_a_written_value_takes_the_arrays_dtype(space):
    x = space.array([1, 2], dtype="int32")
    x[0] = 2.9
    assert x.asnumpy().tolist() == [2, 2] and x.asnumpy().dtype == "int32"


@SPACES
def test_arrays_can_be_written_into_arrays(space):
    x = space.zeros((2, 2))
    x[0] = space.array([1, 2])
    x[:, 1] = space.array([8, 9])
    assert shown(x) == [[1, 8], [0, 9]]


@SPACES
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_written(space):
    x = grid(space)
    with pytest.raises(ShapeError, match=r"value of shape \(2,\).*array of shape \(2, 3\)"):
        x[0] = [1, 2]
    assert shown(x) == [[0, 1, 2], [3, 4, 5]]


@SPACES
def test_a_key_out_of_bounds_is_an_index_error(space):
    with pytest.raises(IndexError, match="index 5 is out of bounds"):
        grid(space)[5] = 1


@SPACES
def test_copyto_copies_and_is_refused_inside_record_for_recorded_arrays(space):
    x, y = space.array([1, 2]), leaf([0, 0], "float32", space)
    x.copyto(y)
    assert shown(y) == [1, 2]
    with autograd.record(), pytest.raises(MXNetError, match="Inplace operations"):
        x.copyto(y)
