"""An op is a row: this file holds the row's form, the table of all rows, and the families.

A family is a constructor that fills in what its members share (result shape, dtype rule, cost,
samples for the tests), so that a row in `ops/` states only what differs. Facade, completion,
tests, formulas and documentation are generated from the table: a new op touches one file.

In rules, `xp` is an array module; `F` is the namespace that decides the order of differentiation
(raw arrays for a first-order pass, recorded arrays for `create_graph=True`); `g` is the incoming
cotangent, `y` the result, the rest are primals. Broadcasting is undone by the backward walk.
Rules branch on shapes and attributes only, never on values.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod

from . import shapes

Shape = tuple[int, ...]

OPS: dict[str, "Op"] = {}


@dataclass(frozen=True, slots=True)
class Sample:
    """Operands on which the generic tests try a row: shapes, a domain, attributes."""

    shapes: tuple[Shape, ...]
    attrs: dict = field(default_factory=dict)
    low: float = -2.0
    high: float = 2.0
    integers: tuple[int, ...] = ()  # positions of operands that hold indices below `high`
    dominant: bool = False  # square operands get a large diagonal: invertible, positive definite


@dataclass(slots=True, eq=False)
class Op:
    """One operation. See the module's text for the conventions of its rules."""

    name: str
    family: str
    forward: Callable | str  # forward(xp, *operands, **attrs), or the name of xp's own function
    vjps: tuple[Callable | None, ...]  # one per operand; None: no gradient flows there
    shape: Callable  # shape(*operand_shapes, **attrs) -> Shape, or a list for several results
    dtype: str  # a rule of dtypes.RULES
    flops: Callable  # flops(out_shape, *operand_shapes, **attrs) -> int
    attrs: dict  # attribute names with their defaults, in the order of the public signature
    operands: tuple[str, ...]
    names: dict[str, tuple[str, ...]]  # namespace -> public names there
    symbol: str
    latex: str
    latex_vjps: tuple[str | None, ...]
    doc: str
    samples: tuple[Sample, ...]
    variadic: bool = False  # takes any number of operands; vjps[0] gets `arg=` position
    joint: bool = False  # vjps[0] gives the contributions to all operands in one call
    outputs: int | None = 1  # None: the number depends on the attributes
    eager: bool = False  # the result's shape depends on values
    grows: bool = False  # the result may be far larger than the operands
    literal: bool = False  # its rules ask whether an operand is a Python number
    arity: int = field(init=False)  # 1 or 2 operands and one result: the common case, else 0
    result: str = field(init=False)  # what `invoke` may expect: "kept" dtype, "bool", or "" (any)
    stretches: bool = field(init=False)  # whether operands may be broadcast
    kernel: Callable | None = None  # `forward` bound to the host's array module
    pulls: tuple[Callable | None, ...] = ()  # `vjps` for the host's raw arrays (`devices/quick`)

    def __post_init__(self):
        simple = not (self.variadic or self.joint) and self.outputs == 1
        self.arity = len(self.vjps) if simple and len(self.vjps) in (1, 2) else 0
        self.pulls = self.vjps
        self.stretches = self.family != "unary"
        any_dtype = "dtype" in self.attrs or self.dtype in ("index", "cast")
        self.result = "" if any_dtype or not self.arity else self.dtype
        self.result = self.result if self.result in ("", "bool") else "kept"

    def __repr__(self):
        return f"<op {self.name}>"

    @property
    def differentiable(self) -> bool:
        """Whether a gradient can flow to any operand."""
        return any(rule is not None for rule in self.vjps)

    def bound(self, operands: tuple, given: dict) -> tuple[list, dict]:
        """Operands and attributes of a call as rules write it, `F.sum(g, 0)`: a list may stand for
        all operands of a variadic op, and what comes after the operands are attributes."""
        operands = list(operands)
        if self.variadic and len(operands) == 1 and isinstance(operands[0], list | tuple):
            return list(operands[0]), given
        if not self.variadic and len(operands) > len(self.operands):
            extra = operands[len(self.operands) :]
            return operands[: len(self.operands)], given | dict(
                zip(self.attrs, extra, strict=False)
            )
        return operands, given


def register(op: Op) -> Op:
    """Adds `op` to the table; a name can be given only once."""
    assert op.name not in OPS, f"op {op.name!r} is declared twice"
    OPS[op.name] = op
    return op


def _names(name, nd, np, npx) -> dict[str, tuple[str, ...]]:
    given = {"nd": nd, "np": np, "npx": npx}
    found = {}
    for space, value in given.items():
        if value is True:
            found[space] = (name,)
        elif value:
            found[space] = (value,) if isinstance(value, str) else tuple(value)
    return found


def _elementwise_flops(weight: int) -> Callable:
    return lambda out, *_, **__: weight * prod(out)


def _same_shape(x: Shape, **_) -> Shape:
    return x


UNARY_SHAPES = ((), (3,), (2, 3))
BINARY_SHAPES = (((3,), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2,)))


def unary(
    name,
    forward,
    vjp,
    *,
    doc,
    latex,
    latex_vjp=None,
    symbol=None,
    nd=True,
    np=True,
    npx=False,
    dtype="float",
    domain=(-2.0, 2.0),
    weight=1,
    attrs=None,
    sample_attrs=({},),
) -> Op:
    """Elementwise function of one array."""
    samples = tuple(Sample((s,), a, *domain) for s in UNARY_SHAPES for a in sample_attrs)
    return register(
        Op(
            name,
            "unary",
            forward,
            (vjp,),
            _same_shape,
            dtype,
            _elementwise_flops(weight),
            attrs or {},
            ("x",),
            _names(name, nd, np, npx),
            symbol or name,
            latex,
            (latex_vjp,),
            doc,
            samples,
        )
    )


def binary(
    name,
    forward,
    vjps,
    *,
    doc,
    latex,
    latex_vjps=(None, None),
    symbol=None,
    nd=True,
    np=True,
    npx=False,
    dtype="promote",
    domain=(-2.0, 2.0),
    weight=1,
    literal=False,
) -> Op:
    """Elementwise function of two arrays, or of an array and a Python number, with broadcasting."""
    samples = tuple(Sample(pair, {}, *domain) for pair in BINARY_SHAPES)
    return register(
        Op(
            name,
            "binary",
            forward,
            vjps,
            lambda a, b: shapes.broadcast(name, a, b),
            dtype,
            _elementwise_flops(weight),
            {},
            ("a", "b"),
            _names(name, nd, np, npx),
            symbol or name,
            latex,
            latex_vjps,
            doc,
            samples,
            literal=literal,
        )
    )


REDUCTION_SAMPLES = tuple(
    Sample((s,), {"axis": a, "keepdims": k})
    for s, a in (((3,), None), ((2, 3), None), ((2, 3), 0), ((2, 3), -1), ((2, 3, 2), (0, 2)))
    for k in (False, True)
)


def reduction(
    name,
    forward,
    vjp,
    *,
    doc,
    latex,
    latex_vjp=None,
    symbol=None,
    nd=True,
    np=True,
    npx=False,
    dtype="promote",
    samples=REDUCTION_SAMPLES,
    attrs=None,
    weight=1,
) -> Op:
    """Function that reduces an array over `axis` (None: over all axes)."""

    def shape(x, *, axis=None, keepdims=False, **_):
        return shapes.reduced(name, x, axis, keepdims)

    return register(
        Op(
            name,
            "reduction",
            forward,
            (vjp,),
            shape,
            dtype,
            lambda out, x, **_: weight * prod(x),
            {"axis": None, "keepdims": False} if attrs is None else attrs,
            ("x",),
            _names(name, nd, np, npx),
            symbol or name,
            latex,
            (latex_vjp,),
            doc,
            tuple(samples),
        )
    )


def movement(
    name,
    forward,
    vjp,
    shape,
    *,
    doc,
    samples,
    latex,
    latex_vjp=None,
    symbol=None,
    nd=True,
    np=True,
    npx=False,
    attrs=None,
    variadic=False,
    outputs=1,
    operands=("x",),
    grows=False,
) -> Op:
    """Function that moves, copies or picks elements without computing with them."""
    return register(
        Op(
            name,
            "movement",
            forward,
            (vjp,),
            shape,
            "promote",
            lambda *_, **__: 0,
            attrs or {},
            operands,
            _names(name, nd, np, npx),
            symbol or name,
            latex,
            (latex_vjp,),
            doc,
            tuple(samples),
            variadic=variadic,
            outputs=outputs,
            grows=grows,
        )
    )


def contraction(
    name,
    forward,
    vjps,
    shape,
    flops,
    *,
    doc,
    samples,
    latex,
    latex_vjps=(None, None),
    symbol=None,
    nd=True,
    np=True,
    npx=False,
    attrs=None,
) -> Op:
    """Sum of products over shared axes."""
    return register(
        Op(
            name,
            "contraction",
            forward,
            vjps,
            shape,
            "promote",
            flops,
            attrs or {},
            ("a", "b"),
            _names(name, nd, np, npx),
            symbol or name,
            latex,
            latex_vjps,
            doc,
            tuple(samples),
            grows=True,
        )
    )


def creation(
    name,
    forward,
    shape,
    *,
    doc,
    attrs,
    latex,
    samples=(),
    nd=True,
    np=True,
    npx=False,
    symbol=None,
    operands=(),
    like=False,
    family="creation",
) -> Op:
    """New array from attributes alone (or, `like` another, from its shape)."""
    return register(
        Op(
            name,
            family,
            forward,
            (None,) * len(operands),
            shape,
            "same" if like else "float",
            lambda out, *_, **__: 0,
            attrs,
            operands,
            _names(name, nd, np, npx),
            symbol or name,
            latex,
            (None,) * len(operands),
            doc,
            tuple(samples),
            grows=True,
        )
    )


def general(
    name,
    forward,
    vjps,
    shape,
    *,
    doc,
    samples,
    latex,
    latex_vjps=None,
    symbol=None,
    nd=False,
    np=False,
    npx=False,
    attrs=None,
    operands=("x",),
    dtype="promote",
    flops=None,
    family="nn",
    outputs=1,
    variadic=False,
    grows=False,
    eager=False,
) -> Op:
    """An op that belongs to no narrower family: it states everything."""
    return register(
        Op(
            name,
            family,
            forward,
            vjps,
            shape,
            dtype,
            flops or _elementwise_flops(1),
            attrs or {},
            operands,
            _names(name, nd, np, npx),
            symbol or name,
            latex,
            latex_vjps or (None,) * len(vjps),
            doc,
            tuple(samples),
            variadic=variadic,
            outputs=outputs,
            grows=grows,
            eager=eager,
        )
    )
