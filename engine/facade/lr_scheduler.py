"""`mx.lr_scheduler`: learning rates that change as training goes on."""

import itertools
import math

__all__ = [
    "CosineScheduler",
    "FactorScheduler",
    "LRScheduler",
    "MultiFactorScheduler",
    "PolyScheduler",
]


class LRScheduler:
    """A function from the number of updates to a learning rate, with an optional warm-up."""

    def __init__(self, base_lr=0.01, warmup_steps=0, warmup_begin_lr=0, warmup_mode="linear"):
        if warmup_begin_lr > base_lr:
            raise ValueError("Base lr has to be higher than warmup_begin_lr")
        if warmup_steps < 0:
            raise ValueError("Warmup steps has to be positive or 0")
        if warmup_mode not in ("linear", "constant"):
            raise ValueError("Supports only linear and constant modes of warmup")
        self.base_lr = self.warmup_final_lr = base_lr
        self.warmup_steps = warmup_steps
        self.warmup_begin_lr = warmup_begin_lr
        self.warmup_mode = warmup_mode

    def get_warmup_lr(self, num_update):
        """The learning rate during the warm-up."""
        if self.warmup_mode == "constant":
            return self.warmup_begin_lr
        rise = (self.warmup_final_lr - self.warmup_begin_lr) * float(num_update)
        return self.warmup_begin_lr + rise / float(self.warmup_steps)

    def __call__(self, num_update):
        """The learning rate after `num_update` updates."""
        if num_update < self.warmup_steps:
            return self.get_warmup_lr(num_update)
        return self._after_warmup(num_update)

    def _after_warmup(self, num_update):
        raise NotImplementedError(f"{type(self).__name__} must override __call__(num_update)")


def _check_factor(factor):
    if factor > 1.0:
        raise ValueError("Factor must be no more than 1 to make lr reduce")


class FactorScheduler(LRScheduler):
    """Multiplies the learning rate by `factor` every `step` updates, down to a lowest value."""

    def __init__(self, step, factor=1, stop_factor_lr=1e-8, base_lr=0.01, **warmup):
        super().__init__(base_lr, **warmup)
        if step < 1:
            raise ValueError("Schedule step must be greater or equal than 1 round")
        _check_factor(factor)
        self.step, self.factor, self.stop_factor_lr = step, factor, stop_factor_lr
        self.count = 0

    def _after_warmup(self, num_update):
        while num_update > self.count + self.step:
            self.count += self.step
            self.base_lr = max(self.base_lr * self.factor, self.stop_factor_lr)
        return self.base_lr


class MultiFactorScheduler(LRScheduler):
    """Multiplies the learning rate by `factor` after each of the listed numbers of updates."""

    def __init__(self, step, factor=1, base_lr=0.01, **warmup):
        super().__init__(base_lr, **warmup)
        if not step or min(step) < 1:
            raise ValueError("Schedule step must be greater or equal than 1 round")
        if any(b <= a for a, b in itertools.pairwise(step)):
            raise ValueError("Schedule step must be an increasing integer list")
        _check_factor(factor)
        self.step, self.factor = step, factor
        self.cur_step_ind = 0

    def _after_warmup(self, num_update):
        while self.cur_step_ind < len(self.step) and num_update > self.step[self.cur_step_ind]:
            self.cur_step_ind += 1
            self.base_lr *= self.factor
        return self.base_lr


class PolyScheduler(LRScheduler):
    """Lowers the learning rate as a power of the share of updates that is left."""

    def __init__(self, max_update, base_lr=0.01, pwr=2, final_lr=0, **warmup):
        super().__init__(base_lr, **warmup)
        if max_update < 1:
            raise ValueError("maximum number of updates must be strictly positive")
        self.base_lr_orig, self.final_lr, self.power = base_lr, final_lr, pwr
        self.max_update = max_update
        self.max_steps = max_update - self.warmup_steps

    def _left(self, share):
        return (1 - share) ** self.power

    def _after_warmup(self, num_update):
        if num_update <= self.max_update:
            share = float(num_update - self.warmup_steps) / float(self.max_steps)
            span = self.base_lr_orig - self.final_lr
            self.base_lr = self.final_lr + span * self._left(share)
        return self.base_lr


class CosineScheduler(PolyScheduler):
    """Lowers the learning rate along half a cosine wave."""

    def __init__(self, max_update, base_lr=0.01, final_lr=0, **warmup):
        super().__init__(max_update, base_lr, 1, final_lr, **warmup)

    def _left(self, share):
        return (1 + math.cos(math.pi * share)) / 2
