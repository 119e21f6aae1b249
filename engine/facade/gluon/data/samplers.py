"""Samplers: in which order, and in which batches, a loader goes through a dataset."""

import numpy

from ....errors import message

__all__ = [
    "BatchSampler",
    "FilterSampler",
    "IntervalSampler",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
]


class Sampler:
    """Goes through sample numbers. Subclasses write `__iter__` and `__len__`."""

    def __iter__(self):
        raise NotImplementedError(f"{type(self).__name__} needs a method `__iter__(self)`")

    def __len__(self):
        raise NotImplementedError(f"{type(self).__name__} needs a method `__len__(self)`")


class SequentialSampler(Sampler):
    """`length` numbers from `start` on."""

    def __init__(self, length, start=0):
        self._length, self._start = length, start

    def __iter__(self):
        return iter(range(self._start, self._start + self._length))

    def __len__(self):
        return self._length


class RandomSampler(Sampler):
    """All numbers below `length`, shuffled. As in MXNet, `numpy.random.seed` decides the order."""

    def __init__(self, length):
        self._length = length

    def __iter__(self):
        indices = numpy.arange(self._length)
        numpy.random.shuffle(indices)
        return iter(indices.tolist())

    def __len__(self):
        return self._length


class FilterSampler(Sampler):
    """The numbers of samples for which `fn` is true."""

    def __init__(self, fn, dataset):
        self._indices = [k for k in range(len(dataset)) if fn(dataset[k])]

    def __iter__(self):
        return iter(self._indices)

    def __len__(self):
        return len(self._indices)


class IntervalSampler(Sampler):
    """Every `interval`-th number; then, with `rollover`, those that were skipped."""

    def __init__(self, length, interval, rollover=True):
        if not 0 < interval <= length:
            raise AssertionError(
                f"Interval {interval} must be larger than 0 and not larger than length {length}"
            )
        self._length, self._interval, self._rollover = length, interval, rollover

    def __iter__(self):
        for start in range(self._interval if self._rollover else 1):
            yield from range(start, self._length, self._interval)

    def __len__(self):
        return self._length if self._rollover else -(-self._length // self._interval)


class BatchSampler(Sampler):
    """Lists of `batch_size` numbers of another sampler.

    `last_batch` says what happens to the rest: "keep" it, "discard" it, or "rollover" to the next
    epoch.
    """

    def __init__(self, sampler, batch_size, last_batch="keep"):
        if last_batch not in ("keep", "discard", "rollover"):
            raise ValueError(
                message(
                    "BatchSampler",
                    f"got last_batch {last_batch!r}",
                    "last_batch must be one of 'keep', 'discard', or 'rollover'",
                )
            )
        self._sampler, self._batch_size, self._last_batch = sampler, batch_size, last_batch
        self._prev = []

    def __iter__(self):
        batch, self._prev = self._prev, []
        for index in self._sampler:
            batch.append(index)
            if len(batch) == self._batch_size:
                yield batch
                batch = []
        if batch and self._last_batch == "keep":
            yield batch
        elif batch and self._last_batch == "rollover":
            self._prev = batch

    def __len__(self):
        count = len(self._sampler)
        if self._last_batch == "keep":
            return -(-count // self._batch_size)
        if self._last_batch == "rollover":
            count += len(self._prev)
        return count // self._batch_size
