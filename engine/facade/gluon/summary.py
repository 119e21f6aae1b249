"""`net.summary(x)`: a table of layers, output shapes and numbers of parameters."""

import math

from ...array import Array

LINE = "-" * 80


def summarize(block, inputs):
    """Runs `block` on `inputs` and prints what each layer gave and holds."""
    rows = [("Input", _shapes(inputs), 0)]
    counted = set()
    handles = []

    def watch(child):
        def hook(child, _, out):
            number = 0
            for param in child.params.values():
                number += 0 if id(param) in counted else math.prod(param.shape)
                counted.add(id(param))
            rows.append((f"{type(child).__name__}-{len(rows)}", _shapes(out), number))

        handles.append(child.register_forward_hook(hook))

    block.apply(watch)
    try:
        block(*inputs)
    finally:
        for handle in handles:
            handle.detach()
    params = block.collect_params().values()
    total = sum(math.prod(p.shape) for p in params)
    trained = sum(math.prod(p.shape) for p in params if p.grad_req != "null")
    print(LINE)
    print(f"{'Layer (type)':>20}  {'Output Shape':>42} {'Param #':>15}")
    print("=" * 80)
    for name, shape, number in rows:
        print(f"{name:>20}  {shape:>42} {number:>15}")
    print("=" * 80)
    print(f"Parameters in forward computation graph, duplicate included\n   Total params: {total}")
    print(f"   Trainable params: {trained}\n   Non-trainable params: {total - trained}")
    print(LINE)


def _shapes(held):
    if isinstance(held, Array):
        return str(held.shape)
    if isinstance(held, list | tuple):
        return ", ".join(map(_shapes, held))
    return str(held)
