"""Picking elements: x[key], take, pick, one_hot; `scatter_add` is getitem turned round."""

from math import prod

from .. import shapes
from ..errors import MXNetError, ShapeError, message
from ..registry import Sample, general


def is_basic(key) -> bool:
    """Whether a key picks each element at most once (integers, slices, None, Ellipsis)."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(
        p is None or p is Ellipsis or (isinstance(p, slice | int) and not isinstance(p, bool))
        for p in parts
    )


def _getitem_shape(x, *, key):
    """Shape of `x[key]`: basic parts by arithmetic, index arrays by broadcasting together."""
    parts = list(key) if isinstance(key, tuple) else [key]
    used = sum(_axes_used(p) for p in parts)
    if used > len(x):
        raise IndexError(message(
            "indexing", f"got too many indices, {used} for an array of shape {x}",
            f"At most {len(x)} can be used"))
    if not any(p is Ellipsis for p in parts):
        parts.append(Ellipsis)
    at = next(i for i, p in enumerate(parts) if p is Ellipsis)
    parts[at : at + 1] = [slice(None)] * (len(x) - used)
    out, arrays, places, axis = [], [], [], 0
    for p in parts:
        if p is None:
            out.append(1)
            continue
        if isinstance(p, slice):
            out.append(len(range(*p.indices(x[axis]))))
        elif isinstance(p, int) and not isinstance(p, bool):
            if not -x[axis] <= p < x[axis]:
                raise IndexError(message(
                    "indexing", f"index {p} for axis {axis} of shape {x}",
                    f"It must be between {-x[axis]} and {x[axis] - 1}"))
            places.append((len(out), True))
        elif getattr(p, "dtype", None) is not None and p.dtype.kind == "b":
            arrays.append((int(p.sum()),))
            places.append((len(out), False))
            axis += p.ndim - 1
        else:
            arrays.append(tuple(p.shape))
            places.append((len(out), False))
        axis += 1
    if arrays:
        # NumPy puts the index arrays' shape where they stand, or first when they are apart;
        # an integer beside them counts as one of them.
        spots = [spot for spot, _ in places]
        together = len(set(spots)) == 1
        at = spots[0] if together else 0
        out[at:at] = shapes.broadcast("indexing", *arrays)
    return tuple(out)


def _axes_used(part) -> int:
    if part is None or part is Ellipsis:
        return 0
    if getattr(part, "dtype", None) is not None and part.dtype.kind == "b":
        return part.ndim
    return 1


general("getitem", lambda xp, x, *, key: x[key],
        (lambda F, g, y, x, *, key: F.scatter_add(
            F.reshape(g, _getitem_shape(x.shape, key=key)), shape=x.shape, key=key),),
        _getitem_shape, symbol="take", attrs={"key": ()}, family="movement",
        flops=lambda *_, **__: 0,
        samples=(Sample(((3,),), {"key": 1}), Sample(((4, 3),), {"key": slice(1, 3)}),
                 Sample(((4, 3),), {"key": (slice(None), 1)}),
                 Sample(((4, 3),), {"key": (Ellipsis, None, slice(None, None, -1))})),
        doc="Elements picked by an index, a slice, or an array of indices.",
        latex=r"{x}[\cdot]", latex_vjps=(r"\bar{y} \text{ at the picked places, else } 0",))
general("scatter_add", lambda xp, x, *, shape, key: xp.scatter_add(
            x, shape=shape, key=key),
        (lambda F, g, y, x, *, shape, key: F.getitem(g, key=key),),
        lambda x, *, shape, key: tuple(shape), symbol="scatter", family="movement", grows=True,
        attrs={"shape": (), "key": ()},
        samples=(Sample(((2, 3),), {"shape": (4, 3), "key": slice(1, 3)}),),
        doc="Zeros of a shape with the elements added at the places of an index.",
        latex=r"\operatorname{scatter} {x}", latex_vjps=(r"\bar{y} \text{ at the picked places}",))


def _set(xp, x, value, *, key):
    y = x.copy()
    y[key] = value
    return y


general("setitem", _set,
        (lambda F, g, y, x, value, *, key: g - F.scatter_add(
            F.getitem(g, key=key), shape=x.shape, key=key),
         lambda F, g, y, x, value, *, key: F.getitem(g, key=key)),
        lambda x, value, *, key: x, symbol="write", operands=("x", "value"), family="movement",
        attrs={"key": ()}, dtype="same", flops=lambda *_, **__: 0,
        samples=(Sample(((4, 3), (2, 3)), {"key": slice(1, 3)}),),
        doc="The array with other elements at the places of an index.",
        latex=r"{x}[\cdot] \leftarrow {value}",
        latex_vjps=(r"\bar{y} \text{ elsewhere}", r"\bar{y} \text{ at the written places}"))


def _take_shape(x, indices, *, axis, mode):
    if axis is None:
        return tuple(indices)
    at = shapes.axis_of("take", axis, len(x))
    return x[:at] + tuple(indices) + x[at + 1 :]


def _take_vjp(F, g, y, x, indices, *, axis, mode):
    return F.take_add(g, indices, shape=x.shape, axis=axis, mode=mode)


general("take", lambda xp, x, indices, *, axis, mode: xp.take(
            x, indices, axis=axis, mode=mode),
        (_take_vjp, None), _take_shape, operands=("x", "indices"), dtype="same",
        attrs={"axis": None, "mode": "clip"}, nd=True, np=True, family="movement",
        flops=lambda *_, **__: 0,
        samples=(Sample(((4, 3), (2,)), {"axis": 0, "mode": "clip"}, high=3.0, integers=(1,)),
                 Sample(((4, 3), (2, 2)), {"axis": 1, "mode": "clip"}, high=3.0, integers=(1,))),
        doc="Elements along an axis picked by an array of indices.",
        latex=r"{x}[{indices}]",
        latex_vjps=(r"\bar{y} \text{ added at the picked places}", None))
general("take_add", lambda xp, x, indices, *, shape, axis, mode: xp.take_add(
            x, indices, shape=shape, axis=axis, mode=mode),
        (lambda F, g, y, x, indices, *, shape, axis, mode: F.take(
            g, indices, axis=axis, mode=mode), None),
        lambda x, indices, *, shape, axis, mode: tuple(shape), operands=("x", "indices"),
        dtype="same", attrs={"shape": (), "axis": None, "mode": "clip"}, family="movement",
        symbol="scatter", grows=True,
        samples=(Sample(((2, 3), (2,)), {"shape": (4, 3), "axis": 0, "mode": "clip"},
                        high=3.0, integers=(1,)),),
        doc="Zeros of a shape with the elements added along an axis at the given indices.",
        latex=r"\operatorname{scatter} {x}",
        latex_vjps=(r"\bar{y} \text{ at the picked places}", None))


def _pick_shape(x, index, *, axis, keepdims):
    if prod(index) != prod(shapes.reduced("pick", x, axis, False)):
        raise ShapeError(message(
            "pick", f"got indices of shape {index} for an array of shape {x}",
            f"There must be one index for each row along axis {axis}"))
    return shapes.reduced("pick", x, axis, keepdims)


def _mask(F, x, index, axis):
    """1 where an element stands at its row's index (cut to an integer in range), else 0."""
    at = axis % len(x.shape)
    last = x.shape[at] - 1
    index = F.floor(F.where(index < 0, 0.0, F.where(index > last, float(last), index)))
    positions = F.reshape(F.arange_like(x, size=x.shape[at]),
                          (1,) * at + (x.shape[at],) + (1,) * (len(x.shape) - at - 1))
    return F.reshape(index, shapes.expanded(x.shape, at)) == positions


general("pick", lambda xp, x, index, *, axis, keepdims: xp.sum(
            xp.where(_mask(xp, x, index, axis), x, 0), axis=axis, keepdims=keepdims),
        (lambda F, g, y, x, index, *, axis, keepdims: F.reshape(
            g, shapes.expanded(x.shape, axis % len(x.shape))) * _mask(F, x, index, axis), None),
        _pick_shape, operands=("x", "index"), dtype="same", attrs={"axis": -1, "keepdims": False},
        nd=True, npx=True, family="movement",
        samples=(Sample(((4, 3), (4,)), {"axis": -1, "keepdims": False}, high=3.0, integers=(1,)),),
        doc="One element of each row, picked by its index.", latex=r"{x}_{i, {index}_i}",
        latex_vjps=(r"\bar{y} \text{ at the picked places}", None))
general("arange_like", lambda xp, x, *, size: xp.arange(size, dtype=x.dtype), (None,),
        lambda x, *, size: (size,), attrs={"size": 1}, dtype="same", family="creation",
        samples=(Sample(((2, 3),), {"size": 3}),),
        doc="0, 1, 2, … in the dtype and on the device of another array.",
        latex=r"[0, 1, 2, \dots]")


def one_hot(xp, x, *, depth, on_value, off_value, dtype):
    """Rows with `on_value` at each index and `off_value` elsewhere."""
    if depth < 0:
        raise MXNetError(message("one_hot", f"got depth {depth}", "It is the number of columns"))
    hit = xp.expand_dims(x.astype("int64"), -1) == xp.arange(depth)
    return xp.where(hit, on_value, off_value).astype(dtype)


general("one_hot", one_hot,
        (None,), lambda x, *, depth, on_value, off_value, dtype: (*x, depth),
        attrs={"depth": 1, "on_value": 1.0, "off_value": 0.0, "dtype": "float32"}, dtype="float",
        nd=True, npx=True, family="creation", grows=True,
        samples=(Sample(((4,),), {"depth": 3, "on_value": 1.0, "off_value": 0.0,
                                  "dtype": "float32"}, high=3.0, integers=(0,)),),
        doc="Each index as a row of zeros with a one at its place.",
        latex=r"\operatorname{onehot} {x}")


def _argsort(xp, x, *, axis, ascending, flat):
    size = x.shape[axis]
    order = xp.argsort(x if ascending else xp.flip(x, axis), axis=axis, kind="stable")
    if not ascending:  # still stable: the first of equal elements comes first
        order = size - 1 - xp.flip(order, axis)
    if not flat:
        return order
    steps = [xp.arange(n).reshape((n,) + (1,) * (len(x.shape) - i - 1))
             for i, n in enumerate(x.shape)]
    steps[axis] = order
    place = 0
    for n, step in zip(x.shape, steps, strict=True):
        place = place * n + step
    return place


general("argsort", _argsort, (None,), lambda x, *, axis, ascending, flat: x, dtype="index",
        attrs={"axis": -1, "ascending": True, "flat": False}, family="movement",
        flops=lambda out, x, **_: 10 * prod(x),
        samples=(Sample(((4, 3),), {"axis": 0}), Sample(((4, 3),), {"axis": -1, "flat": True})),
        doc="Where the elements stand that come first, second, … in order along an axis "
            "(flat: in the whole array).",
        latex=r"\operatorname{argsort} {x}")
