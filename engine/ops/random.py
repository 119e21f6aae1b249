"""Random draws. The device's generator `xp.random` follows MXNet's algorithms bit for bit."""

from .. import shapes
from ..registry import creation


def _drawn_shape(thing):
    def drawn(*, dtype, size=None, shape=None, **parameters):
        wide = shapes.broadcast(thing, *(getattr(p, "shape", ()) for p in parameters.values()))
        size = shape if size is None else size
        if size is None:
            return tuple(wide)
        return (size,) if isinstance(size, int) else tuple(size)

    return drawn


def _draw(name, method, attrs, doc, latex, **names):
    creation(name, lambda xp, **given: getattr(xp.random, method)(**given), _drawn_shape(name),
             attrs=attrs, doc=doc, latex=latex, family="random", symbol="random", **names)


_draw("random_uniform", "np_uniform",
      {"low": 0.0, "high": 1.0, "size": None, "dtype": "float32"},
      "Uniform draws, as np.random.uniform.", r"\mathcal{U}({low}, {high})", nd=False, np=False)
_draw("random_normal", "np_normal",
      {"loc": 0.0, "scale": 1.0, "size": None, "dtype": "float32"},
      "Normal draws, as np.random.normal.", r"\mathcal{N}({loc}, {scale}^2)", nd=False, np=False)
_draw("nd_random_uniform", "nd_uniform",
      {"low": 0.0, "high": 1.0, "shape": (1,), "dtype": "float32"},
      "Uniform draws, as nd.random.uniform.", r"\mathcal{U}({low}, {high})", nd=False, np=False)
_draw("nd_random_normal", "nd_normal",
      {"loc": 0.0, "scale": 1.0, "shape": (1,), "dtype": "float32"},
      "Normal draws, as nd.random.normal.", r"\mathcal{N}({loc}, {scale}^2)", nd=False, np=False)
_draw("nd_random_exponential", "nd_exponential", {"scale": 1.0, "shape": (1,), "dtype": "float32"},
      "Exponential draws, as nd.random.exponential.", r"\operatorname{Exp}(1 / {scale})", nd=False,
      np=False)
_draw("dropout_mask", "dropout_mask", {"p": 0.5, "shape": (1,), "dtype": "float32"},
      "What dropout multiplies by: 0 with probability p, else 1 / (1 - p).",
      r"\operatorname{mask}({p})", nd=False, np=False)
_draw("random_randint", "randint", {"low": 0, "high": 2, "shape": (1,), "dtype": "int32"},
      "Integers from low up to (without) high.", r"\mathcal{U}\{{low}, \dots, {high}-1\}",
      nd=False, np=False)
