"""What a run has computed, in floating-point operations, from the rows' own costs: for the page's
hint that a server would be faster."""

from math import prod

__all__ = ["effort"]

#: Of programs with more operations than this each is small: nothing is gained by counting.
MOST = 20_000


def effort(recorder) -> tuple[int, int]:
    """(operations on numbers, calls) of what a recorder saw, backward passes included.

    A call counts as its row says, at least one for each element that it reads or writes. A VJP of
    an operation counts as the operation: the gradient of a product by an operand is a product.
    """
    recorder.settle()
    if len(recorder.kind) > MOST:
        return 0, 0
    works = _works(recorder)
    total, calls = sum(works), sum(1 for work in works if work)
    for each in recorder.passes:
        total += sum(works[node] for node in each["node"])
        calls += len(each["node"])
    return total, calls


def _works(recorder) -> list[int]:
    """The work of each node."""
    shapes = [v[0] if type(v) is tuple else v.shape for v in recorder.values]
    known: dict[tuple, int] = {}
    found = []
    for node, which in enumerate(recorder.op):
        start, end = recorder.arg_start[node], recorder.arg_start[node + 1]
        given = tuple(
            () if slot < 0 else shapes[recorder.slot_value[slot]]
            for slot in recorder.arg_slot[start:end]
        )
        key = (which, recorder.attrs[node], given)
        if key not in known:
            op, _ = recorder.op_table.entries[which]
            first, last = recorder.slot_start[node], recorder.slot_start[node + 1]
            made = [shapes[recorder.slot_value[slot]] for slot in range(first, last)]
            known[key] = _work(op, given, made, recorder.raw_attrs[node])
        found.append(known[key])
    return found


def _work(op, given, made, attrs) -> int:
    moved = sum(map(prod, given)) + sum(map(prod, made))
    if not given and not made:
        return 0
    try:
        shape = made if len(made) > 1 else made[0]
        return max(int(op.flops(shape, *given, **{**op.attrs, **(attrs or {})})), moved)
    except Exception:  # an attribute that a cost cannot be told from, a user's own function
        return moved
