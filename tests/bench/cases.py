"""The measured programs: their data, titles and aims. Also read by Python 3.8 (for MXNet).

Every library gets the same numbers, and `wanted` in `by_hand.py` is what its gradients must be.
"""

import numpy as np

#: name -> title, aim (engine / NumPy by hand), tolerance of the gradients.
CASES = {
    "chain": ("1,000 chained ops on 2x2", 1.8, 1e-2),
    "control": ("control flow: double until the norm is 1,000", 2.5, 1e-4),
    "mlp": ("MLP 64-32-10, batch 32, one SGD step", 2.0, 1e-3),
    "rnn": ("RNN cell unrolled 100 steps, hidden 16", 2.0, 1e-3),
    "mlp_large": ("MLP 784-256-10, batch 256, one SGD step", 1.1, 1e-3),
    "chain_long": ("50,000 chained ops on 2x2", 3.0, 0.1),
    "second": ("second derivative of a small expression", 20.0, 1e-4),
    "elementwise": ("4 million elements, elementwise", 1.0, 1e-4),
}


def floats(seed, *shape, scale=1.0):
    """Normal float32 numbers, the same everywhere."""
    return (np.random.RandomState(seed).standard_normal(shape) * scale).astype("float32")


# ----- The chain: sin, multiply, add, maximum, again and again; the gradient of x is wanted -----
# Its fixed point is 0.3 and its slope there just below 1: after 50,000 operations numbers and
# gradients are still ordinary ones. (Those below 1e-38 would make the processor slow.)

CHAIN = {
    "x": np.full((2, 2), 0.3, "float32"),
    "w": np.full((2, 2), 0.9999 / np.cos(0.3), "float32"),
    "b": np.full((2, 2), 0.3 - 0.9999 * np.tan(0.3), "float32"),
    "c": np.full((2, 2), -3.0, "float32"),
}
CHAIN_TURNS = {"chain": 250, "chain_long": 12_500}

# ----- The control-flow document's function -----

CONTROL = {
    "a": np.array([0.6, -0.4, 1.1], "float32"),
    "head": np.array([0.1, 1.0, 0.0001], "float32"),
}

# ----- Multilayer perceptrons: relu, softmax cross-entropy, one step of gradient descent -----

RATE = 0.1


def perceptron(batch, inputs, hidden, outputs):
    """Data and parameters of one hidden layer."""
    return {
        "x": floats(1, batch, inputs),
        "t": (np.arange(batch) * 7) % outputs,
        "w1": floats(2, inputs, hidden, scale=inputs**-0.5),
        "b1": np.zeros(hidden, "float32"),
        "w2": floats(3, hidden, outputs, scale=hidden**-0.5),
        "b2": np.zeros(outputs, "float32"),
    }


MLP = {"mlp": perceptron(32, 64, 32, 10), "mlp_large": perceptron(256, 784, 256, 10)}

# ----- A recurrent cell: h = tanh(x wx + h wh + b), the sum of the last h -----

RNN = {
    "xs": floats(4, 100, 8, 16),
    "wx": floats(5, 16, 16, scale=0.2),
    "wh": floats(6, 16, 16, scale=0.2),
    "b": floats(7, 16, scale=0.1),
}

# ----- Second derivative of sin(x) x x, and y = sin(x) x + x on 4 million elements -----

SECOND = np.array([0.3, -1.2, 2.0, 0.7], "float32")
ELEMENTS = floats(8, 2000, 2000)
