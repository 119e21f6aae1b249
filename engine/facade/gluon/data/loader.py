"""`DataLoader`: goes through a dataset in batches."""

import numpy

from ....array import Array, NDArray
from ....errors import message
from ... import nd, np, util
from .samplers import BatchSampler, RandomSampler, SequentialSampler

__all__ = ["DataLoader", "default_batchify_fn", "default_mp_batchify_fn"]


def default_batchify_fn(data):
    """A list of samples as one batch: arrays are stacked, the parts of tuples one by one."""
    first = data[0]
    if isinstance(first, Array):
        return nd.stack(*data) if isinstance(first, NDArray) else np.stack(data)
    if isinstance(first, tuple):
        return [default_batchify_fn(part) for part in zip(*data, strict=True)]
    data = numpy.asarray(data)
    return (np if util.is_np_array() else nd).array(data, dtype=data.dtype)


default_mp_batchify_fn = default_batchify_fn


class DataLoader:
    """Batches of a dataset: `for x, y in DataLoader(dataset, batch_size=10, shuffle=True):`.

    Workers are accepted and not started: batches are made when they are asked for.
    """

    def __init__(
        self,
        dataset,
        batch_size=None,
        shuffle=False,
        sampler=None,
        last_batch=None,
        batch_sampler=None,
        batchify_fn=None,
        num_workers=0,
        pin_memory=False,
        pin_device_id=0,
        prefetch=None,
        thread_pool=False,
        timeout=120,
        auto_reload=False,
        try_nopython=None,
    ):
        if batch_sampler is None:
            if batch_size is None:
                raise ValueError(
                    "DataLoader: batch_size must be specified unless batch_sampler is specified. "
                    "Write `DataLoader(dataset, batch_size=32)`."
                )
            if sampler is not None and shuffle:
                raise ValueError(
                    "DataLoader: shuffle must not be specified if sampler is specified"
                )
            if sampler is None:
                sampler = (RandomSampler if shuffle else SequentialSampler)(len(dataset))
            batch_sampler = BatchSampler(sampler, batch_size, last_batch or "keep")
        elif batch_size is not None or shuffle or sampler is not None or last_batch is not None:
            raise ValueError(
                message(
                    "DataLoader",
                    "got a batch_sampler and more",
                    "batch_size, shuffle, sampler and last_batch must not be specified if "
                    "batch_sampler is specified",
                )
            )
        self._dataset, self._batch_sampler = dataset, batch_sampler
        self._batchify_fn = batchify_fn or default_batchify_fn

    def __iter__(self):
        for batch in self._batch_sampler:
            yield self._batchify_fn([self._dataset[index] for index in batch])

    def __len__(self):
        return len(self._batch_sampler)
