"""What rows may call: the closed list of `xp`'s functions, and of what a raw array offers.

A row runs on NumPy in the page, on CuPy on a server, and on anything that follows the Python array
API standard (`standard.py`); so it is written in the words below and no others. Each device gives
all of them. `tests/engine/test_portable.py` watches every row and rule at work and names the word
that is not here; it also holds each call to what CuPy takes (`cupy_surface.py`).

A row needs another function? Make it from these if that is easy. Else add its name here and its
form in `standard.py`; CuPy must have it too, or `namespace.py` makes it there.
"""

__all__ = ["ADDED", "ATTRIBUTES", "FUNCTIONS", "LINALG", "METHODS", "RULED"]

#: Functions with NumPy's names and meanings.
FUNCTIONS = frozenset(
    """
    abs add all any arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin
    argsort broadcast_to cbrt ceil clip copysign cos cosh cumsum degrees dot equal exp
    expand_dims expm1 eye flip floor floor_divide fmod full greater greater_equal heaviside hypot
    isfinite isinf isnan less less_equal linspace log log10 log1p log2 logaddexp logical_and
    logical_not logical_or logical_xor matmul max maximum mean min minimum mod multiply negative
    not_equal ones pad power prod radians repeat reshape roll sign signbit sin sinh sqrt square
    squeeze stack std subtract sum swapaxes tan tanh tensordot tile transpose tril triu
    true_divide trunc var where zeros zeros_like
    """.split()
)

#: Functions of `xp.linalg`.
LINALG = frozenset("cholesky det eigh inv pinv qr slogdet solve svd".split())

#: Functions that array modules do not have, or spell differently: see `namespace.py`.
ADDED = frozenset(
    "arange_like blockwise cast concatenate einsum getitem philox scatter_add take take_add".split()
)

#: Rows that rules call as functions of `xp`.
RULED = frozenset("col2im im2col inv polygamma solve".split())

#: Methods of a raw array, beside Python's operators and indexing.
METHODS = frozenset("astype copy max min reshape sum".split())

#: Attributes of a raw array. `dtype` is NumPy's on every device.
ATTRIBUTES = frozenset("T dtype ndim shape size".split())
