"""`mx.np`'s functions of payments over time; as in MXNet they have no gradient."""

import numpy

from .calls import made, raw

__all__ = ["mirr", "npv", "ppmt", "pv", "rate"]


def _numbers(*values):
    return [raw(v).astype("float64") for v in values]


def _due(when):
    return {"end": 0, "e": 0, "finish": 0, "begin": 1, "b": 1, "start": 1}.get(when, when)


def _result(value):
    return made(numpy.asarray(value, dtype="float32"))


def npv(rate, values):
    """What payments `values`, one a period from now on, are worth now."""
    rate, values = _numbers(rate, values)
    return _result((values / (1 + rate) ** numpy.arange(len(values))).sum())


def _growth(rate, nper, when):
    """(1 + rate)^nper, and what payments of 1 grow to."""
    factor = (1 + rate) ** nper
    safe = numpy.where(rate == 0, 1, rate)
    return factor, numpy.where(rate == 0, nper, (1 + rate * when) * (factor - 1) / safe)


def pv(rate, nper, pmt, fv=0, when="end"):
    """What `nper` payments `pmt` and a final sum `fv` are worth now."""
    rate, nper, pmt, fv, when = _numbers(rate, nper, pmt, fv, _due(when))
    factor, grown = _growth(rate, nper, when)
    return _result(-(fv + pmt * grown) / factor)


def _payment(rate, nper, pv, fv, when):
    factor, grown = _growth(rate, nper, when)
    return -(fv + pv * factor) / grown


def ppmt(rate, per, nper, pv, fv=0, when="end"):
    """The part of payment number `per` that pays back the principal."""
    rate, per, nper, pv, fv, when = _numbers(rate, per, nper, pv, fv, _due(when))
    total = _payment(rate, nper, pv, fv, when)
    factor, grown = _growth(rate, per - 1, when)
    interest = -(pv * factor + total * grown) * rate
    interest = numpy.where(when == 1, interest / (1 + rate), interest)
    interest = numpy.where((when == 1) & (per == 1), 0, interest)
    return _result(total - interest)


def rate(nper, pmt, pv, fv, when="end", guess=None, tol=None, maxiter=100):
    """The interest of a period, by Newton's method; NaN where it does not converge."""
    nper, pmt, pv, fv, when = _numbers(nper, pmt, pv, fv, _due(when))
    guess, tol = 0.1 if guess is None else float(guess), 1e-6 if tol is None else float(tol)
    found = numpy.full(numpy.broadcast(nper, pmt, pv, fv, when).shape, guess)

    def gap(r):
        factor, grown = _growth(r, nper, when)
        return fv + pv * factor + pmt * grown

    for _ in range(maxiter):
        step = 1e-7
        slope = (gap(found + step) - gap(found - step)) / (2 * step)
        new = found - gap(found) / slope
        close = numpy.all(numpy.abs(new - found) < tol)
        found = new
        if close:
            return _result(found)
    return _result(numpy.full_like(found, numpy.nan))


def mirr(values, finance_rate, reinvest_rate):
    """The modified internal rate of return of payments `values`; NaN without both signs."""
    (values,) = _numbers(values)
    count = len(values)
    if not (values > 0).any() or not (values < 0).any():
        return _result(numpy.nan)
    periods = numpy.arange(count)
    gains = (numpy.where(values > 0, values, 0) / (1 + reinvest_rate) ** periods).sum()
    costs = abs((numpy.where(values < 0, values, 0) / (1 + finance_rate) ** periods).sum())
    return _result((gains / costs) ** (1 / (count - 1)) * (1 + reinvest_rate) - 1)
