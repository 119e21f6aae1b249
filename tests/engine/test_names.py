"""Every public name of MXNet that a course may use is there, or an error says what to use."""

import importlib
import inspect
from pathlib import Path

import pytest

import engine
from engine.errors import MXNetError

engine.install()

LISTS = Path(__file__).parent / "mxnet_names.txt"

#: What is left out: the error says so, and what to use. Methods are there and raise when called.
LEFT_OUT = {
    "nd": {
        "cast_storage", "from_dlpack", "get_indexing_dispatch_code",
        "get_oshape_of_gather_nd_op", "imdecode", "indexing_key_expand_implicit_axes",
        "load_frombuffer", "to_dlpack_for_read", "to_dlpack_for_write",
    },
    "npx": {"multibox_detection", "multibox_target"},
}  # fmt: skip


def names():
    """Pairs of module and name."""
    module = ""
    for line in LISTS.read_text().splitlines():
        if line.startswith("["):
            module = line[1:-1]
        elif not line.startswith("#"):
            yield from ((module, name) for name in line.split())


def owner(module):
    """The module or class of a heading."""
    if module in ("nd.NDArray", "np.ndarray"):
        space, name = module.split(".")
        return getattr(importlib.import_module(f"mxnet.{space}"), name)
    path = module.removeprefix("mx.")
    return importlib.import_module("mxnet" if path == "mx" else f"mxnet.{path}")


NAMES = list(names())


def test_the_lists_are_read():
    assert len(NAMES) > 1000 and len({module for module, _ in NAMES}) == 25


def test_every_name_is_there_or_says_what_to_use():
    wrong = []
    for module, name in NAMES:
        left_out = name in LEFT_OUT.get(module, ())
        try:
            value = getattr(owner(module), name)
        except AttributeError as problem:
            text = str(problem).partition(". ")[2]
            if not left_out or len(text) < 15:
                wrong.append(f"{module}.{name}: {problem}")
        else:
            if left_out:
                wrong.append(f"{module}.{name} is there, though it is listed as left out")
            elif callable(value) and not inspect.getdoc(value):
                wrong.append(f"{module}.{name} has no documentation")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["to_dlpack_for_read", "to_dlpack_for_write", "tostype"])
def test_methods_that_are_left_out_say_what_to_use(name):
    from mxnet import nd

    x = nd.ones((2,))
    with pytest.raises(MXNetError, match="left out"):
        getattr(x, name)(*(["csr"] if name == "tostype" else []))
