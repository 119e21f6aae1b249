"""A trace in words: one line for each node, step and gradient, for people to read."""

from engine.trace import as_lists

ROLES = ("leaf", "head", "recorded", "detached", "write", "backward", "random", "kept")


def picture(document) -> dict:
    """What a trace says, without its tables and ids; `numbers` has the values' elements."""
    t = as_lists(document)
    return {
        "blocks": [
            f"block {k}: nodes {b['first']} to {b['last']}, line {line(t, b['site']).split(':')[0]}"
            + ("" if b["trainMode"] else ", predicting")
            for k, b in enumerate(t["blocks"])
        ],
        "nodes": [node(t, k) for k in range(len(t["nodes"]["kind"]))],
        "passes": [one_pass(t, p) for p in t["passes"]],
        "outputs": shown(t["outputs"]),
        "stops": [[s["reason"], s["cell"], s["line"]] for s in t["stops"]],
        "numbers": [numbers(s) for s in t["values"]["summaries"]],
    }


def shown(outputs):
    """Cell and type of each output. Text that came in one go or in two is the same."""
    kinds = [[o["cell"], o["type"]] for o in outputs]
    return [kind for k, kind in enumerate(kinds) if not k or kind != kinds[k - 1]]


def numbers(summary):
    if "data" in summary:
        return summary["data"]
    return [summary[k] for k in ("min", "max", "mean")]


def line(t, site):
    """The innermost place of a call site."""
    if site < 0:
        return "?"
    at = t["sites"]["start"][site + 1] - 1
    s = t["sites"]
    return f"{s['line'][at]}:{s['col'][at]}-{s['endLine'][at]}:{s['endCol'][at]}"


def value(t, v):
    shape = "x".join(map(str, t["shapes"][t["values"]["shape"][v]])) or "0-d"
    return f"v{v} {shape} {t['strings'][t['values']['dtype'][v]]}"


def argument(t, k):
    slot, literal = t["args"]["slot"][k], t["args"]["literal"][k]
    return f"s{slot}" if slot >= 0 else t["literals"][literal]


def node(t, k):
    n = t["nodes"]
    arguments = ", ".join(argument(t, a) for a in range(n["argStart"][k], n["argStart"][k + 1]))
    results = ", ".join(
        f"s{s}"
        + (f" {t['strings'][name]}" if (name := t["slots"]["name"][s]) >= 0 else "")
        + f" = {value(t, t['slots']['value'][s])}"
        for s in range(n["slotStart"][k], n["slotStart"][k + 1])
    )
    words = [f"{t['ops'][n['op'][k]]['name']}({arguments}) -> {results}"]
    words.append(f"line {line(t, n['site'][k])}")
    if n["attrs"][k] >= 0:
        words.append(str(t["attrs"][n["attrs"][k]]))
    if n["visit"][k]:
        words.append(f"visit {n['visit'][k]}")
    if n["block"][k] >= 0:
        words.append(f"block {n['block'][k]}")
    if n["cause"][k] >= 0:
        words.append(f"because of node {n['cause'][k]}")
    words += [name for bit, name in enumerate(ROLES) if n["roles"][k] >> bit & 1]
    return f"{k}: " + "; ".join(words)


def one_pass(t, p):
    options = [k for k in ("retainGraph", "createGraph") if p[k]]
    heads = ", ".join(f"s{h} <- v{v}" for h, v in zip(p["heads"], p["headGrads"], strict=True))
    return {
        "what": "; ".join(
            [p["kind"], heads, f"line {line(t, p['site'])}", f"after {p['at']} nodes", *options]
        ),
        "steps": [
            f"node {n}, operand {a - t['nodes']['argStart'][n]}: v{c}, sum v{s}"
            + (f", over axes {t['axes'][x]}" if x >= 0 else "")
            for n, a, c, s, x in zip(*(p["steps"][k] for k in STEP), strict=True)
        ],
        "grads": [f"s{s} v{v}" for s, v in zip(p["grads"]["slot"], p["grads"]["value"])],
        "written": [
            f"s{s} v{v} {req}"
            for s, v, req in zip(*(p["written"][k] for k in ("slot", "value", "req")), strict=True)
        ],
    }


STEP = ("node", "arg", "contribution", "sum", "axes")
