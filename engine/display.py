"""How a notebook shows a value: IPython's layout of tuples, lists, dicts and reprs of many lines.

Two halves. *What to say*: each kind of value has a row that yields marks (text, a place where the
line may break, a nested value). *Where to break*: `Layout` fits the marks into the width as
IPython does: outer groups break before inner ones, and a repr of several lines breaks the
group around it. The walk keeps its own stack, so no nesting is too deep for it.
"""

import inspect
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator

__all__ = ["pretty"]

MAX_WIDTH = 79
MAX_ITEMS = 1000  # of one container
MAX_DEPTH = 100  # containers in containers; IPython itself gives up at about three hundred
MAX_CHARS = 1_000_000  # of one value: a notebook's page cannot show more


def pretty(
    value: object,
    *,
    max_width: int = MAX_WIDTH,
    max_items: int = MAX_ITEMS,
    max_depth: int = MAX_DEPTH,
    max_chars: int = MAX_CHARS,
) -> str:
    """The text a notebook shows for a cell that ends in `value`.

    A container inside itself, or too deep, shows as `[...]`; items past `max_items` as `...`.
    Whatever a value's own `__repr__` raises is raised here too.

        >>> pretty([1, (2,), {"a": None}])
        "[1, (2,), {'a': None}]"
    """
    page = Layout(max_width)
    walk: list[Iterator] = [iter([Show(value)])]
    inside: list[object] = []  # the values being shown, outermost first
    while walk:
        mark = next(walk[-1], None)
        if mark is None:
            walk.pop()
            if walk:
                page.close(0)
                inside.pop()
        elif isinstance(mark, str):
            page.text(mark)
            if page.total > max_chars:
                return page.finish()[:max_chars] + f"\n... (cut at {max_chars:,} characters)"
        elif isinstance(mark, Show):
            again = len(inside) >= max_depth or any(mark.value is outer for outer in inside)
            inside.append(mark.value)
            page.open(0)
            walk.append(marks_of(mark.value, again, max_items))
        else:
            mark.act(page)
    return page.finish()


# ----- Marks: what a row yields, besides plain text -----


class Show:
    """A nested value, shown in its place."""

    def __init__(self, value: object) -> None:
        self.value = value


class Mark:
    """Something the layout does: `Mark(Layout.open, 1)`."""

    def __init__(self, action, *arguments) -> None:
        self.action, self.arguments = action, arguments

    def act(self, page: "Layout") -> None:
        self.action(page, *self.arguments)


class Raw:
    """Text that stands where a value is expected."""

    def __init__(self, text: str) -> None:
        self.text = text


class Call:
    """Shown as `name(arguments, key=value)`."""

    def __init__(self, name: str, *arguments: object, **named: object) -> None:
        self.name, self.arguments, self.named = name, arguments, named


# ----- Where to break -----


class Group:
    """A stretch of marks whose breakable places become line ends all together, or not at all."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.places: deque[Place] = deque()  # those still waiting in the layout's buffer
        self.broken = False


class Place:
    """A space that becomes a line end if its group breaks."""

    def __init__(self, group: Group, indent: int) -> None:
        self.group, self.indent = group, indent


class Layout:
    """Lays marks out in lines: what may still break waits in a buffer until its fate is known."""

    def __init__(self, max_width: int) -> None:
        self.max_width = max_width
        self.lines: list[str] = []  # pieces of finished text
        self.column = 0
        self.total = 0
        self.indent = 0
        self.waiting: deque[str | Place] = deque()
        self.waiting_width = 0
        root = Group(0)
        self.around = [root]  # the groups that are open, outermost first
        self.unbroken: list[list[Group]] = [[root]]  # by depth: those that could still break

    def text(self, text: str) -> None:
        """Words that never break."""
        self.total += len(text)
        if not self.waiting:
            self._write(text)
            return
        self.waiting.append(text)
        self.waiting_width += len(text)
        self._break_until_it_fits()

    def place(self) -> None:
        """A space, or a line end if the group breaks."""
        group = self.around[-1]
        if group.broken:
            self._flush()
            self._end_line(self.indent)
            return
        place = Place(group, self.indent)
        group.places.append(place)
        self.waiting.append(place)
        self.waiting_width += 1
        self._break_until_it_fits()

    def line_end(self) -> None:
        """A line end that must be: the outermost group that can break does so too."""
        group = self._next_to_break()
        if group:
            self._break(group)
        self._flush()
        self._end_line(self.indent)

    def open(self, indent: int) -> None:
        """Begin a group; its lines are indented by `indent` more."""
        group = Group(self.around[-1].depth + 1)
        self.around.append(group)
        if group.depth == len(self.unbroken):
            self.unbroken.append([])
        self.unbroken[group.depth].append(group)
        self.indent += indent

    def close(self, indent: int) -> None:
        """End the innermost group."""
        self.indent -= indent
        group = self.around.pop()
        if not group.places:
            self._settle(group)

    def finish(self) -> str:
        """All the text."""
        self._flush()
        return "".join(self.lines)

    def _write(self, text: str) -> None:
        self.lines.append(text)
        self.column += len(text)

    def _end_line(self, indent: int) -> None:
        self.lines.append("\n" + " " * indent)
        self.column = indent

    def _let_go(self) -> None:
        """Write the first thing that waits."""
        first = self.waiting.popleft()
        if isinstance(first, str):
            self.waiting_width -= len(first)
            self._write(first)
            return
        self.waiting_width -= 1
        group = first.group
        group.places.popleft()
        if group.broken:
            self._end_line(first.indent)
            return
        if not group.places:
            self._settle(group)
        self._write(" ")

    def _flush(self) -> None:
        while self.waiting:
            self._let_go()

    def _settle(self, group: Group) -> None:
        """The group cannot break any more."""
        if group in self.unbroken[group.depth]:
            self.unbroken[group.depth].remove(group)

    def _break_until_it_fits(self) -> None:
        while self.column + self.waiting_width > self.max_width:
            group = self._next_to_break()
            if not group:
                return
            self._break(group)

    def _next_to_break(self) -> Group | None:
        """The outermost group with a place to break, and of those the latest; now broken.

        Groups that are shallower count as broken from here on.
        """
        for level in self.unbroken:
            for k, group in enumerate(reversed(level)):
                if group.places:
                    # IPython deletes the k-th of the list, having counted from its end. What looks
                    # like a slip decides which groups can break later, so it is kept.
                    del level[k]
                    group.broken = True
                    return group
            for group in level:
                group.broken = True
            level.clear()
        return None

    def _break(self, group: Group) -> None:
        while group.places:
            self._let_go()
        while self.waiting and isinstance(self.waiting[0], str):
            self._let_go()


# ----- What to say: a row per kind of value -----

PLACE = Mark(Layout.place)
LINE_END = Mark(Layout.line_end)


def marks_of(value: object, again: bool, max_items: int) -> Iterator:
    """The marks of one value; `again` when it is inside itself, or too deep to go on."""
    for kind in type(value).__mro__:
        if kind in ROWS:
            return ROWS[kind](value, again, max_items)
        if kind is not object and callable(vars(kind).get("__repr__")):
            return own_repr(value, again, max_items)
    return address(value, again, max_items)


def own_repr(value, again, max_items):
    """What the value says of itself, line by line."""
    yield Mark(Layout.open, 0)
    for k, line in enumerate(repr(value).splitlines()):
        if k:
            yield LINE_END
        yield line
    yield Mark(Layout.close, 0)


def address(value, again, max_items):
    """A value whose class says nothing: the class, and where it is in memory."""
    yield "<"
    yield Mark(Layout.open, 1)
    yield Show(type(value))
    yield f" at 0x{id(value):x}" + (" ..." if again else "")
    yield Mark(Layout.close, 1)
    yield ">"


def enclosed(start: str, items: Iterator, end: str):
    """Items between brackets: each item is a list of marks."""
    yield start
    yield Mark(Layout.open, len(start))
    for k, item in enumerate(items):
        if k:
            yield ","
            yield PLACE
        yield from item
    yield Mark(Layout.close, len(start))
    yield end


def shown(values, max_items):
    """Each value as an item, and `...` for those past `max_items`."""
    for k, value in enumerate(values):
        if k >= max_items:
            yield ["..."]
            return
        yield [Show(value)]


def sequence(start, end):
    """Row of a list or tuple."""

    def row(value, again, max_items):
        if again:
            return iter([f"{start}...{end}"])
        lone = len(value) == 1 and isinstance(value, tuple)
        items = [[Show(value[0]), ","]] if lone else shown(value, max_items)
        return enclosed(start, items, end)

    return row


def in_order(values):
    """Sorted, if they can be: by value, else by text."""
    for key in (None, str):
        try:
            return sorted(values, key=key)
        except Exception:  # a comparison of the user's may raise anything
            continue
    return list(values)


def collection(start, end):
    """Row of a set."""

    def row(value, again, max_items):
        if again:
            return iter([f"{start}...{end}"])
        if not value:
            return iter([f"{type(value).__name__}()"])
        members = in_order(value) if len(value) < max_items else value
        return enclosed(start, shown(members, max_items), end)

    return row


def mapping(start, end):
    """Row of a dict."""

    def row(value, again, max_items):
        if again:
            return iter(["{...}"])
        keys = shown(value.keys(), max_items)
        pairs = (
            [*key, ": ", Show(value[key[0].value])] if isinstance(key[0], Show) else key
            for key in keys
        )
        return enclosed(start, pairs, end)

    return row


def call(value, again, max_items):
    """Row of `Call`."""
    items = [[Show(argument)] for argument in value.arguments]
    for name, argument in value.named.items():
        prefix = f"{name}="
        opened = Mark(Layout.open, len(prefix))
        items.append([prefix, opened, Show(argument), Mark(Layout.close, len(prefix))])
    return enclosed(f"{value.name}(", iter(items), ")")


def called(arguments, named=lambda value: {}):
    """Row of a value shown as a call of its class."""

    def row(value, again, max_items):
        name = "namespace" if type(value) is types.SimpleNamespace else type(value).__name__
        if again:
            yield Show(Call(name, Raw("...")))
        else:
            yield Show(Call(name, *arguments(value), **named(value)))

    return row


def class_name(value, again, max_items):
    """Row of a class: its full name."""
    metaclass = next(kind for kind in type(value).__mro__ if "__repr__" in vars(kind))
    if metaclass is not type:
        return own_repr(value, again, max_items)
    return iter([full_name(value)])


def full_name(value) -> str:
    """`module.name`, without the module for builtins."""
    module = getattr(value, "__module__", None)
    name = value.__qualname__
    return name if module in (None, "builtins") else f"{module}.{name}"


def function(value, again, max_items):
    """Row of a function: its full name and signature."""
    try:
        signature = str(inspect.signature(value))
    except (ValueError, TypeError):  # builtins may have none
        signature = ""
    yield f"<function {full_name(value)}{signature}>"


def exception(value, again, max_items):
    """Row of an exception: a call of its class."""
    yield Show(Call(full_name(type(value)), *getattr(value, "args", ())))


ROWS = {
    tuple: sequence("(", ")"),
    list: sequence("[", "]"),
    dict: mapping("{", "}"),
    set: collection("{", "}"),
    frozenset: collection("frozenset({", "})"),
    types.MappingProxyType: mapping("mappingproxy({", "})"),
    defaultdict: called(lambda value: (value.default_factory, dict(value))),
    OrderedDict: called(lambda value: [list(value.items())] if value else []),
    Counter: called(lambda value: [dict(value.most_common())] if value else []),
    deque: called(
        lambda value: [list(value)],
        lambda value: {} if value.maxlen is None else {"maxlen": value.maxlen},
    ),
    types.SimpleNamespace: called(lambda value: [], vars),
    type: class_name,
    types.FunctionType: function,
    types.BuiltinFunctionType: function,
    BaseException: exception,
    Call: call,
    Raw: lambda value, again, max_items: iter([value.text]),
}
