"""The card of a selected node says why its gradient is missing, zero or not a number."""

import pytest

HEAD = "from mxnet import np, npx, autograd\nx = np.array([1.0, 2.0])\nx.attach_grad()\n"
RECORD = "with autograd.record():\n    "


@pytest.mark.parametrize(
    ("body", "node", "words"),
    [
        ("y = npx.relu(x - 9)", 0, "relu is dead at npx.relu(x - 9) in line 5"),
        ("y = x / (x - 1)", 0, "x / (x - 1) in line 5 made the first one"),
        ("z = x * 2; y = z.detach() * x", 1, "detach() cuts the tape"),
    ],
)
def test_the_card_answers(playground, body, node, words):
    playground.run(f"{HEAD}{RECORD}{body}\ny.backward()\n")
    playground.nodes().nth(node).locator(".gv-hit").click()
    assert words in playground.page.locator(".gv-why").inner_text()
