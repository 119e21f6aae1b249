"""`net.summary(x)`: a table of layers, output shapes and numbers of parameters."""

import math

from ...array import Array

LINE = "-" * 80


def summarize(block, inputs):
    """Runs `block` on `inputs` and prints what each layer gave and holds."""
    rows = [("Input", _shapes(inputs), 0)]
    used = []
    handles = []

    def hook(child, _, out):
        own = list(child.params.values())
        used.extend(own)
        number = sum(math.prod(param.shape) for param in own)
        rows.append((f"{type(child).__name__}-{len(rows)}", _shapes(out), number))

    def watch(child):
        if child.LAYER:
            handles.append(child.register_forward_hook(hook))

    block.apply(watch)
    try:
        block(*inputs)
    finally:
        for handle in handles:
            handle.detach()
    total = sum(math.prod(p.shape) for p in used)
    trained = sum(math.prod(p.shape) for p in used if p.grad_req != "null")
    unique = sum(math.prod(p.shape) for p in set(used))
    print(LINE)
    print(f"{'Layer (type)':>20}  {'Output Shape':>42} {'Param #':>15}")
    print("=" * 80)
    for name, shape, number in rows:
        print(f"{name:>20}  {shape:>42} {number:>15}")
    print("=" * 80)
    print(f"Parameters in forward computation graph, duplicate included\n   Total params: {total}")
    print(f"   Trainable params: {trained}\n   Non-trainable params: {total - trained}")
    print(f"Shared params in forward computation graph: {total - unique}")
    print(f"Unique parameters in model: {unique}")
    print(LINE)


def _shapes(held):
    if isinstance(held, Array):
        return str(held.shape)
    if isinstance(held, list | tuple):
        return ", ".join(map(_shapes, held))
    return str(held)
