"""Where we differ from what MXNet 1.9.1 computes, on purpose: for test_recorded_rows.py.

Each entry: a pattern found in the case, a pattern of the whole mismatch, the reason. The table
"Where it differs" in engine/README.md tells the same to people. A mismatch is told from our side:
"works, not MXNetError", "raises TypeError, not MXNetError", "dtype float32", "gradient value".
"""

WORKS = r"works, not (MXNetError|TypeError|ValueError|AssertionError|NotImplementedError)"
#: An array operand is 0-d or empty.
BARE = r"\b[fiub]\d? (?: ?\||;|0\b|\dx0)"
#: The first two operands have different dtypes.
MIXED = r"\| \S+ (\w\d?) \S*; \S+ (?!\1 )"
#: A case that only tries what a function makes of one or two arrays.
TRIED = r"\(a(, b)?\) \| (r0\.2:0\.9 f4 (2x3|3)(; r0\.2:0\.9 f4 3)?|n i4 4) \| $"

DIFFERENCES = (
    (r"", r"(works|raises \w+), not AttributeError", "1.9.1 has it in name only"),
    # ----- More works -----
    (rf"^nd .*{BARE}", WORKS, "nd takes 0-d and empty arrays, as 2.x"),
    (r"^(nd|npx?) .*\bb \d", WORKS, "booleans count as 0 and 1 where numbers are needed"),
    (rf"^np .*{MIXED}", WORKS, "np operands may have different dtypes, as 2.x"),
    (
        r"(dot|matmul|tensordot|softmax|stack|concatenate|sort)\(.* [iubf]\d? ",
        WORKS,
        "products, softmax and sorting of all dtypes; stack takes a list",
    ),
    (
        r"np\.(hypot|arctan2|copysign)\(|np\.pad\(|a\.sort\(|\+a|a // b|a\.transpose\(1, 0\)",
        WORKS,
        "as NumPy's",
    ),
    (r"a_min=None|ax[ei]s=None|axis1=|axes=None|axis=-1|begin=-2", WORKS, "as in np"),
    (r"arg(max|min)\(.*keepdims=True|np\.(delete|insert)\(a, \[", WORKS, "as NumPy's"),
    (r"nd\.broadcast_to\(|nd\.where\(a, b, c\) \| n f4 2x1", WORKS, "shapes broadcast as in np"),
    (r"0x3|2x0|0x2|f4 0 ", r"works.*|value|gradient raises \w+", "sums of nothing are NumPy's"),
    (r"elemwise_|broadcast_axis|GroupNorm\(.*f4 4; n f4 4", WORKS, "shapes broadcast"),
    # ----- dtypes of np, as 2.x -----
    (
        r"^npx? .*\b(i4|i8|u1|i1|b) \d",
        "dtype float32",
        "np functions that need a float, and whole numbers beside a float, give float32, as 2.x",
    ),
    (r"^np .*(histogram|bincount|indices|-a \|)", r"dtype int64|raises MXNetError", "as NumPy's"),
    (r"^np .*(==|equal|>|<|greater|less|!=).* (b|u1) 3", "value", "numbers are not cut to bool"),
    (r"^nd .*(==|equal|>|<|greater|less|logical).* (b|u1|i\d) 3", "value", "nor to whole ones"),
    # ----- Gradients that MXNet leaves out or gets wrong -----
    (
        r"np\.(var|std|atleast_\dd|percentile|quantile|array|full|full_like)\(|a\.(std|var)\("
        r"|linalg\.(eigh|eigvalsh|pinv|svd)|(Embedding|embedding|khatri_rao|arange_like|nd\.array)\("
        r"|(batch_take|ravel_multi_index|unravel_index|argmax_channel|softmax_cross_entropy)\("
        r"|np\.(delete|insert|pad|unique)\(",
        r"gradient.*|value",
        "gradients where 1.9.1 leaves zeros or fails, and none where no gradient can flow",
    ),
    (r"\| add$", "gradient (value|works)", "MXNet forgets, or counts twice, under 'add'"),
    (r"np\.where\(a > 0,", "gradient value", "MXNet gives the other branch's gradient"),
    (r"np\.arctan2\((-1|2|0\.5|True|2\.0|1), a", "gradient value", "MXNet's is not the derivative"),
    (r"np\.rot90\(|np\.matmul\(a, b\) \| n f4 5x1", "gradient value", "nor is this"),
    (r"act_type='selu'", "gradient value", "nor this, below 0"),
    (r"(BatchNorm|batch_norm)\(.*\| $", "gradient value", "nor this, outside training"),
    # ----- Edges -----
    (r" e f\d 14 \| $", r"(value|gradient value) at 9", "at NaN (element 9), as NumPy's"),
    (r"a \*\* 0 ", "gradient value", "the derivative of x ** 0 is 0 at 0 and at infinity too"),
    (r"copysign\(", r"value|gradient value", "signs of zeros and NaN as in IEEE 754"),
    (r"gamma(ln)?\(a\) \| e f\d 14", r"value|gradient value", "at poles and infinities"),
    (r"nansum\(.* e f4 3x4", "value", "where infinities are added"),
    (r"nd\.Pooling\(.*'max'\) \| t", "gradient value", "1.9.1 does not find the largest here"),
    (r"SoftmaxActivation\(a\)", "gradient (value|works)", "the gradient of another axis there"),
    (r"BatchNorm\(.*use_global_stats", "gradient value", "running statistics are no operands"),
    (r"softmax\(a, dtype=.* n f2", "value", "rounded otherwise in float16"),
    (r"arg(max|min)\(a, axis=\(0, 2\)", r"raises MXNetError, not TypeError", "one axis only"),
    (r"np\.histogram\(a, 3\)", r"raises .*", "no gradient: detach first"),
    (r"\(8, 0, 0\), reverse=True", r"raises ShapeError|dtype.*", "more axes than there are"),
    (r"nd\.histogram\(", r"dtype int64|raises ValueError", "counts are whole numbers"),
    (r"nd\.slice\(a, begin=\(-2", WORKS, "begin counts from the end"),
    # ----- Precision -----
    (
        r"(degrees|radians|rad2deg|deg2rad|erf|erfinv|gamma|gammaln|power|ldexp)\(.*f[248]",
        r"value|gradient value",
        "MXNet computes in float32, whatever the dtype",
    ),
    (r"nd\.(norm|erf|erfinv|tanh)\(.* [iu]\d ", "value", "cut to whole numbers after rounding"),
    (r"scatter_nd\(", "value", "what comes twice is added up; MXNet keeps either"),
    (r"linalg\.(potrf|cholesky)\(a\)", "value", "the symmetric part is read"),
    (r"(Cast|cast|ones_like|zeros_like|promote_types|vstack)\(a, b\)", r"raises .*", "not a dtype"),
    (r"linalg\.norm\(a, ord=float", WORKS, "all orders"),
    (TRIED, r"(works|raises \w+), not \w+", "what is missing or too much is Python's TypeError"),
    (r"nd\.(zeros|ones|array)\(\S.*, 3\)|cumsum\(.*keepdims", r"raises.*", "no such option"),
)
