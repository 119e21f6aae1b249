"""New arrays from numbers alone."""

from math import ceil

from ..registry import Sample, creation


def _shape_of(shape):
    return (shape,) if isinstance(shape, int) else tuple(shape)


for _name, _value, _sign in (("zeros", 0, "0"), ("ones", 1, "1")):
    creation(_name, lambda xp, *, shape, dtype, _name=_name: getattr(xp, _name)(shape, dtype=dtype),
             lambda *, shape, dtype: _shape_of(shape),
             attrs={"shape": (), "dtype": "float32"}, latex=rf"\mathbf{{{_sign}}}",
             samples=(Sample((), {"shape": (2, 3), "dtype": "float32"}),),
             doc=f"Array of {_name}.")
    creation(f"{_name}_like", lambda xp, x, _name=_name: getattr(xp, _name)(x.shape, dtype=x.dtype),
             lambda x: x, attrs={}, operands=("x",), like=True, latex=rf"\mathbf{{{_sign}}}",
             samples=(Sample(((2, 3),)),), doc=f"Array of {_name} in the shape of another.")
creation("full", lambda xp, *, shape, fill_value, dtype: xp.full(shape, fill_value, dtype=dtype),
         lambda *, shape, fill_value, dtype: _shape_of(shape), nd=False,
         attrs={"shape": (), "fill_value": 0.0, "dtype": "float32"}, latex=r"\mathbf{c}",
         samples=(Sample((), {"shape": (2,), "fill_value": 3.0, "dtype": "float32"}),),
         doc="Array of one number, float32 unless told otherwise.")
creation("full_like", lambda xp, x, *, fill_value: xp.full(x.shape, fill_value, dtype=x.dtype),
         lambda x, *, fill_value: x, attrs={"fill_value": 0.0}, operands=("x",), like=True,
         nd=False, latex=r"\mathbf{c}", samples=(Sample(((2, 3),), {"fill_value": 3.0}),),
         doc="Array of one number in the shape of another.")
creation("arange", lambda xp, *, start, stop, step, dtype: xp.arange(
             start, stop, step, dtype="float64").astype(dtype),
         lambda *, start, stop, step, dtype: (max(0, ceil((stop - start) / step)),),
         attrs={"start": 0, "stop": 1, "step": 1, "dtype": "float32"}, nd=False, np=False,
         latex=r"[0, 1, 2, \dots]",
         samples=(Sample((), {"start": 0, "stop": 5, "step": 2, "dtype": "float32"}),),
         doc="Evenly stepped numbers from start up to (without) stop, float32.")
creation("linspace", lambda xp, *, start, stop, num, endpoint, dtype: xp.linspace(
             start, stop, num, endpoint=endpoint).astype(dtype),
         lambda *, start, stop, num, endpoint, dtype: (num,),
         attrs={"start": 0, "stop": 1, "num": 50, "endpoint": True, "dtype": "float32"},
         latex=r"[{start}, \dots, {stop}]",
         samples=(Sample((), {"start": 0.0, "stop": 1.0, "num": 5, "endpoint": True,
                              "dtype": "float32"}),),
         doc="`num` evenly spaced numbers from start to stop.")
creation("eye", lambda xp, *, N, M, k, dtype: xp.eye(N, M or None, k, dtype=dtype),
         lambda *, N, M, k, dtype: (N, M or N),
         attrs={"N": 1, "M": 0, "k": 0, "dtype": "float32"}, latex=r"\mathbf{I}",
         samples=(Sample((), {"N": 3, "M": 0, "k": 0, "dtype": "float32"}),),
         doc="Matrix with ones on a diagonal.")
