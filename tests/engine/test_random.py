"""MXNet's random numbers: every bit as recorded from the real MXNet 1.9.1."""

import base64
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from engine.devices.mxrandom import MXNetRandom, Words, logf

GOLDEN = json.loads((Path(__file__).parent / "golden" / "random.json").read_text())


def draw(random: MXNetRandom, method: str, options: dict) -> np.ndarray:
    """The draw a recorded call describes."""
    ready = {
        key: np.array(value["array"], value["dtype"]) if isinstance(value, dict) else value
        for key, value in options.items()
    }
    return getattr(random, method)(**ready)


def same_bits(drawn: np.ndarray, recorded: dict) -> bool:
    bits = drawn.tobytes()
    alike = str(drawn.dtype) == recorded["dtype"] and list(drawn.shape) == recorded["shape"]
    if "bits" in recorded:
        return alike and bits == base64.b64decode(recorded["bits"])
    return alike and hashlib.sha256(bits).hexdigest() == recorded["sha256"]


@pytest.mark.parametrize(
    "session", GOLDEN["sessions"], ids=lambda s: f"seed={s['seed']},ctx_given={s['ctx_given']}"
)
def test_interleaved_draws_have_mxnets_bits(session):
    random = MXNetRandom()
    if session["seed"] is not None:
        random.seed(session["seed"], ctx_given=session["ctx_given"])
    wrong = [
        (k, method, options)
        for k, ((method, options), recorded) in enumerate(
            zip(GOLDEN["calls"], session["results"], strict=True)
        )
        if not same_bits(draw(random, method, options), recorded)
    ]
    assert wrong == []


def test_the_documents_first_numbers_come_out():
    random = MXNetRandom()
    assert random.nd_uniform(-1, 1, (2,)).tolist() == [0.09762704372406006, 0.18568921089172363]
    assert random.np_uniform(-1, 1)[()] == np.float32(0.09762704)


def test_words_given_back_come_again():
    words, twin = Words(7), Words(7)
    first = words.take(10)
    words.give_back(first[4:])
    again = np.concatenate([first[:4], words.take(3), words.take(20)])
    assert (again == twin.take(27)).all()


def test_seeding_forgets_what_was_drawn():
    random = MXNetRandom(3)
    first = random.nd_normal(shape=(200,))
    random.seed(3)
    assert (random.nd_normal(shape=(200,)) == first).all()


def test_logf_is_within_one_unit_of_the_true_logarithm():
    x = np.float32(2.0) ** np.linspace(-40, 0, 10_001, dtype=np.float32)
    true = np.log(x.astype(np.float64))
    assert (np.abs(logf(x) - true) <= np.spacing(np.abs(true).astype(np.float32))).all()


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (3, 0)])
def test_empty_and_scalar_shapes_are_kept(shape):
    random = MXNetRandom()
    for method in (random.nd_uniform, random.nd_normal, random.np_uniform, random.np_normal):
        assert method(0, 1, shape).shape == shape
