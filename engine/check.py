"""Every gradient of a run against central differences in double precision, bounded in work.

Two questions, for what the backward passes of a recorder reached:

* does the VJP of each operation agree with the differences of that operation's own forward? A
  wrong `Function.backward` is so found itself, whatever it spoils on the way to the leaves;
* does each gradient agree with the differences of all that lies between its array and the heads?

`verdicts` yields one answer after the other, so that a check which is stopped has told what it
found. An answer is a dict: see `Verdict` in web/src/protocol/check.ts.
"""

import numpy

from .replay import Replay, Unchecked, wide
from .summary import number

#: Why something is not checked.
REASONS = (
    "kink", "random", "changed", "integer", "convention", "forgotten", "infinite", "rounding",
    "error",
)  # fmt: skip
#: Arrays of at most this many elements are compared element by element, larger ones along a random
#: direction first.
FEW = 12
#: Steps of the differences, relative to the element; the first that agrees decides.
STEPS = (1e-4, 1e-5, 1e-6, 1e-3)
#: Largest disagreement, relative to the sum of the magnitudes of the terms.
TOLERANCE = 1e-5
#: Largest distance of the program's gradient from that in double precision, relative.
ROUNDING = {"float16": 0.1}
ROUNDED = 0.01
#: Most bytes of values that one backward pass may have to be done again in double precision.
MOST_BYTES = 1 << 27
#: How often a check asks whether it shall stop, in seconds: asking costs the page 3 ms.
LOOK = 0.15


class Spent(Exception):
    """The check has used up what it may: `end` is "time", "operations" or "stopped"."""

    def __init__(self, end: str):
        super().__init__(end)
        self.end = end


class Budget:
    """Counts operations that are run again, looks at the clock and asks whether to stop."""

    def __init__(self, operations: int, seconds: float, clock, stopped=lambda: False):
        self.operations = operations
        self.used = 0
        self._clock, self._stopped = clock, stopped
        self._end = clock() + seconds
        self._look = clock() + LOOK

    def __call__(self) -> None:
        self.used += 1
        if self.used > self.operations:
            raise Spent("operations")
        if self.used & 15:
            return
        now = self._clock()
        if now > self._end:
            raise Spent("time")
        if now > self._look:
            self._look = now + LOOK
            if self._stopped():
                raise Spent("stopped")


# ----- One comparison -----


class Slope:
    """A function of one array, weighted: its central differences along directions.

    `f(x)` gives a list of arrays, `weights` one array (None: not counted) for each of them.
    """

    def __init__(self, f, x, weights):
        self._f, self._x = f, x
        self._weights = weights
        self._here = f(x)

    def at(self, direction, step):
        """(difference, sum of magnitudes, gap between the two sides, noise) for a step."""
        moved = step * numpy.maximum(1.0, numpy.abs(self._x)) * direction
        ahead, behind = self._f(self._x + moved), self._f(self._x - moved)
        total = size = gap = noise = 0.0
        for w, a, b, here in zip(self._weights, ahead, behind, self._here, strict=True):
            if w is None:
                continue
            part = w * (a - b) / 2
            total += float(part.sum())
            size += float(numpy.abs(part).sum())
            gap += float(numpy.abs(w * (a - 2 * here + b)).sum())
            noise += float(numpy.abs(w * here).sum()) * 1e-15
        return total / step, size / step, gap / step, noise / step


def compare(slope, x, exact, seed) -> dict:
    """Compares the gradient `exact` of a `Slope` at `x`: what a verdict says of it."""
    size = x.size
    scaled = numpy.maximum(1.0, numpy.abs(x)) * exact
    rng = numpy.random.default_rng(seed)
    if not size:
        return {"status": "ok", "checked": 0}
    if size > FEW:
        direction = rng.choice((-1.0, 1.0), x.shape) * rng.uniform(0.5, 1.0, x.shape)
        kind, numeric = _one(slope, direction, float((scaled * direction).sum()))
        if kind == "ok":
            return {"status": "ok", "checked": size}
    picked = range(size) if size <= FEW else sorted(rng.choice(size, FEW, replace=False).tolist())
    kinks, worst, best = 0, None, None
    for k in picked:
        direction = numpy.zeros(x.shape)
        direction.reshape(-1)[k] = 1.0
        unit = max(1.0, abs(float(x.reshape(-1)[k])))
        kind, numeric = _one(slope, direction, float(scaled.reshape(-1)[k]))
        found = {"at": k, "exact": float(exact.reshape(-1)[k]), "numeric": numeric / unit}
        off = abs(found["exact"] - found["numeric"])
        if kind == "kink":
            kinks += 1
        elif kind == "differs" and (worst is None or off > worst[0]):
            worst = off, found
        elif kind == "ok" and (best is None or off > best[0]):
            best = off, found
    if worst is not None:
        return {"status": "differs", "checked": len(picked), **shown(worst[1])}
    if kinks or size > FEW:
        count = f"{kinks} of {len(picked)}" if kinks else ""
        return {"status": "unchecked", "reason": "kink", "detail": count, "checked": len(picked)}
    return {"status": "ok", "checked": len(picked), **shown(best[1])}


def shown(found):
    """Numbers in the form that crosses to the page."""
    return {
        "at": found["at"],
        "exact": number(found["exact"]),
        "numeric": number(found["numeric"]),
    }


def _one(slope, direction, exact):
    """ "ok", "kink" or "differs" for one direction, and the difference nearest to `exact`."""
    found = {}
    for step in STEPS:
        total, size, gap, noise = slope.at(direction, step)
        if not numpy.isfinite(total):
            continue
        off, scale = abs(total - exact), max(size, abs(exact))
        silent = max(abs(total), abs(exact)) <= 4 * noise + 1e-12  # nothing but rounding
        if silent or off <= TOLERANCE * scale + min(4 * noise, 1e-3 * scale):
            # On both sides of |x| at 0 the slopes differ, though their mean is what the rule says.
            bent = gap > 1e-2 * scale + 4 * noise and _stays(slope, direction, gap)
            return "kink" if bent else "ok", total
        found[step] = total, off, gap
    if not found:
        raise Unchecked("infinite")
    numeric = found.get(1e-5, next(iter(found.values())))[0]
    if 1e-5 not in found or 1e-6 not in found:
        return "differs", numeric
    (_, off, gap), (_, nearer, narrower) = found[1e-5], found[1e-6]
    if nearer < 0.2 * off:
        return "ok", numeric  # zero is reached with the step, as by x * relu(x) at 0
    # At a kink the slopes of the two sides stay apart however short the step.
    kink = narrower > 1e-6 * abs(numeric) and narrower > 0.5 * gap
    return "kink" if kink else "differs", numeric


def _stays(slope, direction, gap) -> bool:
    """Whether the gap between the slopes of both sides is there at a far shorter step as well."""
    _, _, narrower, noise = slope.at(direction, 1e-6)
    return narrower > 0.5 * gap and narrower > 100 * noise


# ----- A whole run -----


def verdicts(recorder, budget):
    """Checks everything that backward passes reached; `budget` raises `Spent` when it is enough.

    Yields ("total", how many verdicts there will be) first, then ("verdict", dict).
    """
    replay = Replay(recorder, budget)
    passes = [Pass(replay, p) for p in range(len(recorder.passes))]
    rules, seen = [], set()
    for done in passes:
        for node, args in done.args.items():
            if node not in seen:
                seen.add(node)
                rules.append((node, args))
    targets = [(done, slot) for done in passes for slot in done.in_order()]
    yield "total", len(rules) + len(targets)

    def verdict(kind, done, node, slot, found):
        place = {"kind": kind, "pass": done, "node": node, "slot": slot}
        return "verdict", {**place, **found}

    unsound = {}
    for node, args in rules:
        found = _guarded(lambda: check_rule(replay, node, args))  # noqa: B023  run at once
        if found["status"] == "unchecked" and found["reason"] != "kink":
            unsound[node] = found["reason"]
        yield verdict("rule", -1, node, -1, found)
    for done, slot in targets:
        node = recorder.slot_node[slot]
        found = _guarded(lambda: check_gradient(done, slot, unsound))  # noqa: B023
        yield (
            "verdict",
            {"kind": "gradient", "pass": done.index, "node": node, "slot": slot, **found},
        )


#: The fields of a verdict that has nothing to say in them.
NOTHING = {"reason": "", "detail": "", "checked": 0, "at": -1, "exact": 0, "numeric": 0, "arg": -1}


def _guarded(check) -> dict:
    """What `check` finds, in full; a failure of the user's or of NumPy's is a reason too."""
    try:
        found = check()
    except Unchecked as problem:
        found = {"status": "unchecked", "reason": problem.reason, "detail": problem.detail}
    except Spent:
        raise
    except Exception as problem:
        text = f"{type(problem).__name__}: {problem}"[:200]
        found = {"status": "unchecked", "reason": "error", "detail": text}
    return {**NOTHING, **found}


def check_rule(replay, node, args) -> dict:
    """The VJP of one operation against its own forward, for the operands at `args`."""
    replay.repeats(node)
    given = map(replay.operand, replay.args(node))
    operands = [wide(x) if isinstance(x, numpy.ndarray) else x for x in given]
    first = replay.recorder.arg_start[node]
    results, function = replay.forward(node, operands)
    rng = numpy.random.default_rng(node)
    weights = [rng.uniform(0.5, 1.5, y.shape) if y.dtype.kind == "f" else None for y in results]
    if all(w is None for w in weights):
        raise Unchecked("integer")
    if not all(numpy.isfinite(y).all() for y in results):
        raise Unchecked("infinite")
    contributions = replay.vjp(node, args, weights, results, operands, function)
    worst = None
    for arg, exact in zip(args, contributions, strict=True):
        at = arg - first
        x = operands[at]
        if x.dtype.kind != "f":
            found = {"status": "unchecked", "reason": "integer"}
        elif not numpy.isfinite(exact).all():
            found = {"status": "unchecked", "reason": "infinite"}
        else:
            slope = Slope(_own(replay, node, operands, at), x, weights)
            found = compare(slope, x, exact, arg)
        found["arg"] = arg
        if worst is None or RANK[found["status"]] > RANK[worst["status"]]:
            worst = found
    return worst


#: What stands for a node with several operands.
RANK = {"ok": 0, "unchecked": 1, "differs": 2}


def _own(replay, node, operands, at):
    def f(x):
        return replay.forward(node, [*operands[:at], x, *operands[at + 1 :]])[0]

    return f


class Pass:
    """One backward pass, done again in double precision."""

    def __init__(self, replay, index):
        self.replay, self.index = replay, index
        self._told = replay.recorder.passes[index]
        recorder = replay.recorder
        #: Operands that a VJP gave to, by node.
        self.args = {}
        for node, arg in zip(self._told["node"], self._told["arg"], strict=False):
            self.args.setdefault(node, []).append(arg)
        #: The nodes that take a slot, in time order.
        self.takers = {}
        for node, args in self.args.items():
            for arg in args:
                self.takers.setdefault(recorder.arg_slot[arg], []).append(node)
        self._values = self._grads = None

    def in_order(self) -> list:
        """The slots with a gradient: leaves first, then from the heads back."""
        recorder = self.replay.recorder
        slots = list(self._told["grads"])
        leaves = {slot for slot in slots if recorder.slot_node[slot] not in self.args}
        return sorted(leaves) + sorted((s for s in slots if s not in leaves), reverse=True)

    def again(self):
        """Values and gradients of the whole pass in double precision."""
        if self._grads is not None:
            return self._values, self._grads
        replay, recorder, told = self.replay, self.replay.recorder, self._told
        slots = {recorder.arg_slot[arg] for args in self.args.values() for arg in args}
        if sum(8 * replay.recorded(slot).size for slot in slots) > MOST_BYTES:
            raise Unchecked("forgotten")
        values, functions = {}, {}
        for node in sorted(self.args):
            operands = [replay.operand(arg, values) for arg in replay.args(node)]
            results, functions[node] = replay.forward(node, operands)
            values.update(zip(replay.slots(node), results, strict=True))
        grads = {}
        for slot, at in zip(told["heads"], told["headGrads"], strict=True):
            g = wide(replay.value(at))
            grads[slot] = grads[slot] + g if slot in grads else g
        # A node's VJPs ran one after the other, after all that gave to it.
        for node, args in self.args.items():
            operands = [replay.operand(arg, values) for arg in replay.args(node)]
            results = [values[slot] for slot in replay.slots(node)]
            g = [grads.get(slot) for slot in replay.slots(node)]
            if all(c is None for c in g):
                continue
            parts = replay.vjp(node, args, g, results, operands, functions[node])
            for arg, part in zip(args, parts, strict=True):
                slot = recorder.arg_slot[arg]
                grads[slot] = grads[slot] + part if slot in grads else part
        self._values, self._grads = values, grads
        return values, grads

    def downstream(self, slot) -> list:
        """The nodes between a slot and the heads, in time order."""
        replay, found, wanted = self.replay, set(), [slot]
        while wanted:
            for node in self.takers.get(wanted.pop(), ()):
                if node not in found:
                    found.add(node)
                    wanted.extend(replay.slots(node))
        return sorted(found)

    def heads_of(self, slot, nodes):
        """The heads as a function of the value of `slot`, and their weights."""
        replay, told = self.replay, self._told
        values, _ = self.again()
        weights = [wide(replay.value(at)) for at in told["headGrads"]]

        def base(at):
            return values[at] if at in values else wide(replay.recorded(at))

        def f(x):
            moved = _Over(values)
            moved.own[slot] = x
            for node in nodes:
                operands = [replay.operand(arg, moved) for arg in replay.args(node)]
                results, _ = replay.forward(node, operands)
                moved.own.update(
                    (at, y) for at, y in zip(replay.slots(node), results, strict=True) if at != slot
                )
            return [moved.own[at] if at in moved.own else base(at) for at in told["heads"]]

        return f, weights


class _Over:
    """Values of which some are replaced."""

    def __init__(self, under):
        self.own, self._under = {}, under

    def __contains__(self, slot):
        return slot in self.own or slot in self._under

    def __getitem__(self, slot):
        return self.own[slot] if slot in self.own else self._under[slot]


def check_gradient(done, slot, unsound) -> dict:
    """The gradient of a slot against the differences of what lies between it and the heads."""
    replay = done.replay
    raw = replay.recorded(slot)
    if raw.dtype.kind != "f":
        raise Unchecked("integer")
    nodes = done.downstream(slot)
    for node in nodes:
        if node in unsound:
            raise Unchecked(unsound[node], f"node {node}")
    values, grads = done.again()
    exact = grads.get(slot)
    if exact is None:
        raise Unchecked("error", "no gradient came")
    told = replay.value(done._told["grads"][slot])
    if not (numpy.isfinite(exact).all() and numpy.isfinite(told).all()):
        raise Unchecked("infinite")
    x = values[slot] if slot in values else wide(raw)
    f, weights = done.heads_of(slot, nodes)
    found = compare(Slope(f, x, weights), x, exact, slot)
    if found["status"] == "ok":
        off = numpy.abs(exact - told)
        bound = ROUNDING.get(raw.dtype.name, ROUNDED) * max(
            float(numpy.abs(exact).max(initial=0)), float(numpy.abs(told).max(initial=0))
        )
        if off.size and float(off.max()) > bound + 1e-6:
            k = int(off.argmax())
            own, wider = (float(g.reshape(-1)[k]) for g in (told, exact))
            pair = {"at": k, "exact": own, "numeric": wider}
            return {"status": "unchecked", "reason": "rounding", "checked": 1, **shown(pair)}
    return found


__all__ = ["REASONS", "Budget", "Spent", "verdicts"]
