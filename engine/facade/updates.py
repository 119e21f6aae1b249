"""`mx.nd`'s optimizer steps as functions. States change in place; the weight goes to `out`."""

import numpy

from ..elsewhere import host, row, zeros_as
from ..errors import MXNetError, message
from .calls import made


def _gradient(grad, rescale_grad, clip_gradient, extra=0.0):
    g = grad._data * rescale_grad + extra
    return _clipped(g, clip_gradient)


def _finish(weight, new, out):
    new = new.astype(weight._data.dtype)
    if out is None:
        return made(new, type(weight))
    out._write(Ellipsis, new)
    return out


def _set(state, new):
    state._write(Ellipsis, new.astype(state._data.dtype))
    return state._data


def sgd_update(
    weight, grad, lr, wd=0.0, rescale_grad=1.0, clip_gradient=-1.0, lazy_update=True, out=None, **_
):
    """weight - lr · (gradient + wd · weight)."""
    w, g = weight._data, _gradient(grad, rescale_grad, clip_gradient)
    return _finish(weight, w - lr * (g + wd * w), out)


def sgd_mom_update(
    weight,
    grad,
    mom,
    lr,
    momentum=0.0,
    wd=0.0,
    rescale_grad=1.0,
    clip_gradient=-1.0,
    lazy_update=True,
    out=None,
    **_,
):
    """A step of stochastic gradient descent with momentum."""
    w, g = weight._data, _gradient(grad, rescale_grad, clip_gradient)
    return _finish(weight, w + _set(mom, momentum * mom._data - lr * (g + wd * w)), out)


def nag_mom_update(
    weight, grad, mom, lr, momentum=0.0, wd=0.0, rescale_grad=1.0, clip_gradient=-1.0, out=None, **_
):
    """A step of Nesterov's accelerated gradient."""
    w = weight._data
    g = _gradient(grad, rescale_grad, clip_gradient) + wd * w
    m = _set(mom, momentum * mom._data - lr * g)
    return _finish(weight, w + momentum * m - lr * g, out)


def adam_update(
    weight,
    grad,
    mean,
    var,
    lr,
    beta1=0.9,
    beta2=0.999,
    epsilon=1e-8,
    wd=0.0,
    rescale_grad=1.0,
    clip_gradient=-1.0,
    lazy_update=True,
    out=None,
    **_,
):
    """A step of Adam (without correction of the first steps)."""
    w = weight._data
    g = _gradient(grad, rescale_grad, clip_gradient, wd * w)
    m = _set(mean, beta1 * mean._data + (1 - beta1) * g)
    v = _set(var, beta2 * var._data + (1 - beta2) * g * g)
    return _finish(weight, w - lr * m / (row("sqrt", v) + epsilon), out)


def rmsprop_update(
    weight,
    grad,
    n,
    lr,
    gamma1=0.95,
    epsilon=1e-8,
    wd=0.0,
    rescale_grad=1.0,
    clip_gradient=-1.0,
    clip_weights=-1.0,
    out=None,
    **_,
):
    """A step of RMSProp."""
    w = weight._data
    g = _gradient(grad, rescale_grad, clip_gradient, wd * w)
    v = _set(n, gamma1 * n._data + (1 - gamma1) * g * g)
    new = w - lr * g / row("sqrt", v + epsilon)
    return _finish(weight, _clipped(new, clip_weights), out)


def rmspropalex_update(
    weight,
    grad,
    n,
    g,
    delta,
    lr,
    gamma1=0.95,
    gamma2=0.9,
    epsilon=1e-8,
    wd=0.0,
    rescale_grad=1.0,
    clip_gradient=-1.0,
    clip_weights=-1.0,
    out=None,
    **_,
):
    """A step of RMSProp as Alex Graves has it."""
    w = weight._data
    slope = _gradient(grad, rescale_grad, clip_gradient, wd * w)
    v = _set(n, gamma1 * n._data + (1 - gamma1) * slope * slope)
    m = _set(g, gamma1 * g._data + (1 - gamma1) * slope)
    step = _set(delta, gamma2 * delta._data - lr * slope / row("sqrt", v - m * m + epsilon))
    return _finish(weight, _clipped(w + step, clip_weights), out)


def _clipped(w, limit):
    return row("clip", w, a_min=-limit, a_max=limit) if limit > 0 else w


def ftrl_update(
    weight,
    grad,
    z,
    n,
    lr,
    lamda1=0.01,
    beta=1.0,
    wd=0.0,
    rescale_grad=1.0,
    clip_gradient=-1.0,
    out=None,
    **_,
):
    """A step of FTRL, which sets small weights to 0."""
    w, g = weight._data, _gradient(grad, rescale_grad, clip_gradient)
    old = n._data
    new_z = _set(z, z._data + g - (row("sqrt", old + g * g) - row("sqrt", old)) * w / lr)
    new_n = _set(n, old + g * g)
    step = (row("sign", new_z) * lamda1 - new_z) / ((beta + row("sqrt", new_n)) / lr + wd)
    return _finish(weight, step * (row("abs", new_z) > lamda1), out)


def signsgd_update(weight, grad, lr, wd=0.0, rescale_grad=1.0, clip_gradient=-1.0, out=None, **_):
    """A step of size `lr` against the sign of the gradient."""
    w, g = weight._data, _gradient(grad, rescale_grad, clip_gradient)
    return _finish(weight, (1 - lr * wd) * w - lr * row("sign", g), out)


def signum_update(
    weight,
    grad,
    mom,
    lr,
    momentum=0.0,
    wd=0.0,
    rescale_grad=1.0,
    clip_gradient=-1.0,
    wd_lh=0.0,
    out=None,
    **_,
):
    """A step of size `lr` along the sign of the momentum."""
    w, g = weight._data, _gradient(grad, rescale_grad, clip_gradient)
    m = _set(mom, momentum * mom._data - (1 - momentum) * (g + wd * w))
    return _finish(weight, (1 - lr * wd_lh) * w + lr * row("sign", m), out)


def lamb_update_phase1(
    weight,
    grad,
    mean,
    var,
    beta1=0.9,
    beta2=0.999,
    epsilon=1e-6,
    t=1,
    bias_correction=True,
    wd=0.0,
    rescale_grad=1.0,
    clip_gradient=-1.0,
    out=None,
    **_,
):
    """The direction of a step of LAMB."""
    w, g = weight._data, _gradient(grad, rescale_grad, clip_gradient)
    m = _set(mean, beta1 * mean._data + (1 - beta1) * g)
    v = _set(var, beta2 * var._data + (1 - beta2) * g * g)
    if bias_correction:
        m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return _finish(weight, m / (row("sqrt", v) + epsilon) + wd * w, out)


def lamb_update_phase2(weight, g, r1, r2, lr, lower_bound=-1.0, upper_bound=-1.0, out=None, **_):
    """A step of LAMB along `g`, scaled by the ratio of the norms r1 and r2."""
    norm = float(host(r1._data).reshape(-1)[0])
    norm = max(norm, lower_bound) if lower_bound > 0 else norm
    norm = min(norm, upper_bound) if upper_bound > 0 else norm
    other = float(host(r2._data).reshape(-1)[0])
    ratio = norm / other if norm and other else 1.0
    return _finish(weight, weight._data - lr * ratio * g._data, out)


def _several(step, per):
    def call(*arrays, lrs, wds, out=None, num_weights=None, **given):
        if len(arrays) % per:
            raise MXNetError(
                message(step.__name__, f"got {len(arrays)} arrays", f"They come in groups of {per}")
            )
        groups = [arrays[k : k + per] for k in range(0, len(arrays), per)]
        outs = out if isinstance(out, list | tuple) else [out] * len(groups)
        return [
            step(*group, lr=lr, wd=wd, out=one, **given)
            for group, lr, wd, one in zip(groups, lrs, wds, outs)
        ]

    call.__doc__ = f"`{step.__name__}` for several weights at once."
    return call


def ftml_update(
    weight, grad, d, v, z, lr, t, beta1=0.6, beta2=0.999, epsilon=1e-8, wd=0.0, rescale_grad=1.0,
    clip_grad=-1.0, out=None, **_,
):  # fmt: skip
    """A step of FTML, which follows the moving leader."""
    w = weight._data
    g = _gradient(grad, rescale_grad, clip_grad, wd * w)
    square = _set(v, beta2 * v._data + (1 - beta2) * g * g)
    scale = (1 - beta1**t) / lr * (row("sqrt", square / (1 - beta2**t)) + epsilon)
    sum_ = _set(z, beta1 * z._data + (1 - beta1) * g - (scale - beta1 * d._data) * w)
    return _finish(weight, -sum_ / _set(d, scale), out)


def adamw_update(
    weight, grad, mean, var, rescale_grad, lr, eta=1.0, beta1=0.9, beta2=0.999, epsilon=1e-8,
    wd=0.0, clip_gradient=-1.0, out=None, **_,
):  # fmt: skip
    """A step of Adam with weight decay apart; nothing happens when `rescale_grad` is not finite."""
    scale = float(numpy.reshape(host(getattr(rescale_grad, "_data", rescale_grad)), -1)[0])
    w = weight._data
    if not numpy.isfinite(scale) or scale == 0:
        return _finish(weight, w, out)
    g = _gradient(grad, scale, clip_gradient)
    m = _set(mean, beta1 * mean._data + (1 - beta1) * g)
    v = _set(var, beta2 * var._data + (1 - beta2) * g * g)
    return _finish(weight, w - eta * (lr * m / (row("sqrt", v) + epsilon) + wd * w), out)


def group_adagrad_update(
    weight, grad, history, lr, rescale_grad=1.0, clip_gradient=-1.0, epsilon=1e-5, out=None, **_
):
    """A step of AdaGrad with one history for each row."""
    g = _gradient(grad, rescale_grad, clip_gradient)
    axes = tuple(range(1, g.ndim))
    mean = row("mean", g * g, axis=axes, keepdims=True).reshape(history.shape)
    h = _set(history, history._data + mean).reshape((-1,) + (1,) * (g.ndim - 1))
    return _finish(weight, weight._data - lr * g / row("sqrt", h + epsilon), out)


def multi_sum_sq(*arrays, num_arrays=None, **_):
    """The sum of the squares of each array, in one array."""
    singles = [x._data.astype("float32") for x in arrays]
    sums = [(x * x).sum().reshape(1) for x in singles]
    return made(row("concatenate", *sums, axis=0), type(arrays[0]))


def multi_lars(lrs, weights_sum_sq, grads_sum_sq, wds, eta, eps, rescale_grad=1.0, out=None, **_):
    """Learning rates scaled by the ratio of weights' and gradients' norms."""
    norm, slope = row("sqrt", weights_sum_sq._data), row("sqrt", grads_sum_sq._data)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        scaled = lrs._data * eta * norm / (slope * rescale_grad + wds._data * norm + eps)
    both = row("logical_and", norm > 0, slope > 0)
    return _finish(lrs, row("where", both, scaled, lrs._data), out)


def multi_all_finite(*arrays, num_arrays=None, init_output=True, **_):
    """1 where all elements of all arrays are finite numbers, else 0."""
    finite = all(numpy.isfinite(host(x._data)).all() for x in arrays)
    return made(numpy.full((1,), float(finite), "float32"), type(arrays[0]))


def reset_arrays(*arrays, num_arrays=None, **_):
    """Sets all arrays to 0."""
    for x in arrays:
        x._write(Ellipsis, zeros_as(x._data))


FUNCTIONS = {
    f.__name__: f
    for f in (
        adam_update,
        ftml_update,
        ftrl_update,
        lamb_update_phase1,
        lamb_update_phase2,
        multi_all_finite,
        multi_lars,
        multi_sum_sq,
        nag_mom_update,
        reset_arrays,
        rmsprop_update,
        rmspropalex_update,
        sgd_mom_update,
        sgd_update,
        signsgd_update,
        signum_update,
    )
}


def _wide(step):
    """A step on weights of half precision, whose exact values are the last array before `lr`."""

    def call(weight, grad, *rest, lr, out=None, **given):
        *kept, exact = rest
        step(exact, grad.astype("float32"), *kept, lr=lr, out=exact, **given)
        return _finish(weight, exact._data, out)

    call.__name__ = f"mp_{step.__name__}"
    call.__doc__ = f"`{step.__name__}` on a weight of half precision and its copy in float32."
    return call


def mp_lamb_update_phase1(weight, grad, mean, var, weight32, out=None, **given):
    """`lamb_update_phase1` on a weight of half precision and its copy in float32."""
    return lamb_update_phase1(weight32, grad.astype("float32"), mean, var, out=out, **given)


def mp_lamb_update_phase2(weight, g, r1, r2, weight32, lr, out=None, **given):
    """`lamb_update_phase2` on a weight of half precision and its copy in float32."""
    lamb_update_phase2(weight32, g, r1, r2, lr=lr, out=weight32, **given)
    return _finish(weight, weight32._data, out)


def _preloaded(step, per):
    """`step` for several weights, their learning rates and weight decays in two arrays."""
    several = _several(step, per)

    def call(*arrays, out=None, num_weights=None, **given):
        *rest, lrs, wds = arrays
        lrs, wds = host(lrs._data).tolist(), host(wds._data).tolist()
        return several(*rest, lrs=lrs, wds=wds, out=out, **given)

    call.__doc__ = f"`{step.__name__}` for several weights, with rates and decays in arrays."
    return call


for _step, _per in ((sgd_update, 2), (sgd_mom_update, 3)):
    _name = _step.__name__
    _mp = FUNCTIONS[f"mp_{_name}"] = _wide(_step)
    FUNCTIONS[f"multi_{_name}"] = _several(_step, _per)
    FUNCTIONS[f"multi_mp_{_name}"] = _several(_mp, _per + 1)
    FUNCTIONS[f"preloaded_multi_{_name}"] = _preloaded(_step, _per)
    FUNCTIONS[f"preloaded_multi_mp_{_name}"] = _preloaded(_mp, _per + 1)
FUNCTIONS["mp_nag_mom_update"] = _wide(nag_mom_update)
FUNCTIONS["mp_lamb_update_phase1"] = mp_lamb_update_phase1
FUNCTIONS["mp_lamb_update_phase2"] = mp_lamb_update_phase2
for _name, _function in FUNCTIONS.items():
    _function.__name__ = _function.__qualname__ = _name
