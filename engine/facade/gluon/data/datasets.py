"""Datasets: samples by number."""

from ....array import Array
from ....errors import message
from .samplers import FilterSampler, Sampler, SequentialSampler

__all__ = ["ArrayDataset", "Dataset", "SimpleDataset"]


class Dataset:
    """Samples by number. Subclasses write `__getitem__(self, index)` and `__len__(self)`."""

    def __getitem__(self, idx):
        raise NotImplementedError(f"{type(self).__name__} needs a method `__getitem__(self, idx)`")

    def __len__(self):
        raise NotImplementedError(f"{type(self).__name__} needs a method `__len__(self)`")

    def filter(self, fn):
        """The samples for which `fn` is true."""
        return _Sampled(self, FilterSampler(fn, self))

    def shard(self, num_shards, index):
        """Part `index` of the samples cut into `num_shards`."""
        if not 0 <= index < num_shards:
            raise AssertionError(f"Shard index of out bound: {index} out of {num_shards}")
        each, rest = divmod(len(self), num_shards)
        start = each * index + min(index, rest)
        return _Sampled(self, SequentialSampler(each + (index < rest), start))

    def take(self, count):
        """The first `count` samples."""
        size = len(self)
        return _Sampled(self, SequentialSampler(size if count is None else min(count, size)))

    def sample(self, sampler):
        """The samples in the order of a sampler."""
        if not isinstance(sampler, Sampler):
            raise TypeError(
                f"Invalid sampler type: {type(sampler)}. Expected gluon.data.Sampler instead."
            )
        return _Sampled(self, sampler)

    def transform(self, fn, lazy=True):
        """The samples after `fn`, called when they are asked for, or at once if not `lazy`."""
        made = _Transformed(self, fn)
        return made if lazy else SimpleDataset([made[k] for k in range(len(made))])

    def transform_first(self, fn, lazy=True):
        """The samples with `fn` called on their first part (the data, not the label)."""
        return self.transform(lambda x, *rest: (fn(x), *rest) if rest else fn(x), lazy)


class SimpleDataset(Dataset):
    """A list, or anything with numbers and a length, as a dataset."""

    def __init__(self, data):
        self._data = data

    def __len__(self):
        return len(self._data)

    def __getitem__(self, idx):
        return self._data[idx]


class _Transformed(Dataset):
    def __init__(self, data, fn):
        self._data, self._fn = data, fn

    def __len__(self):
        return len(self._data)

    def __getitem__(self, idx):
        item = self._data[idx]
        return self._fn(*item) if isinstance(item, tuple) else self._fn(item)


class _Sampled(Dataset):
    def __init__(self, dataset, sampler):
        self._dataset = dataset
        self._indices = list(sampler)

    def __len__(self):
        return len(self._indices)

    def __getitem__(self, idx):
        return self._dataset[self._indices[idx]]


class ArrayDataset(Dataset):
    """Arrays side by side: sample k is a tuple of their k-th rows."""

    def __init__(self, *args):
        if not args:
            raise AssertionError("ArrayDataset: needs at least 1 array")
        self._length = len(args[0])
        for k, data in enumerate(args):
            if len(data) != self._length:
                raise AssertionError(
                    message(
                        "ArrayDataset",
                        f"array[0] has length {self._length} while array[{k}] has {len(data)}",
                        "All arrays must have the same length",
                    )
                )
        # As MXNet: single numbers are picked from NumPy, whose elements are numbers.
        self._data = [
            data.asnumpy() if isinstance(data, Array) and data.ndim == 1 else data for data in args
        ]

    def __getitem__(self, idx):
        if len(self._data) == 1:
            return self._data[0][idx]
        return tuple(data[idx] for data in self._data)

    def __len__(self):
        return self._length
