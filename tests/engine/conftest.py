"""Every test starts outside recording, with the generators at seed 0 and nobody watching."""

import pytest

import engine
from engine.array import watch
from engine.devices import HOST
from engine.tape import state

engine.install()


@pytest.fixture(autouse=True)
def fresh_start():
    state.recording = state.training = False
    watch.observer = None
    HOST.xp.random.seed(0)
    yield
    state.recording = state.training = False
    watch.observer = None
