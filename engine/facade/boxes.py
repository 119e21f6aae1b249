"""Boxes on images: anchors, overlaps, and the best of overlapping ones. None has a gradient."""

import numpy

from ..elsewhere import host
from ..errors import MXNetError, message
from .calls import array_of, made

__all__ = ["box_iou", "box_nms", "multibox_prior"]


def multibox_prior(
    data, sizes=(1,), ratios=(1,), clip=False, steps=(-1, -1), offsets=(0.5, 0.5), **_
):
    """Anchor boxes (1, h · w · boxes, 4) around each pixel of images (batch, channels, h, w)."""
    data = array_of("multibox_prior", data)
    height, width = data.shape[2:]
    sizes, ratios = ((v,) if isinstance(v, int | float) else tuple(v) for v in (sizes, ratios))
    step_y, step_x = (s if s > 0 else 1 / n for s, n in zip(steps, (height, width)))
    y, x = numpy.meshgrid(
        (numpy.arange(height) + offsets[0]) * step_y,
        (numpy.arange(width) + offsets[1]) * step_x,
        indexing="ij",
    )
    kinds = [(size, ratios[0]) for size in sizes] + [(sizes[0], r) for r in ratios[1:]]
    halves = numpy.array(
        [(s * height / width * r**0.5 / 2, s / r**0.5 / 2) for s, r in kinds], "float64"
    )
    centers = numpy.stack([x, y], axis=-1)[:, :, None]
    found = numpy.concatenate([centers - halves, centers + halves], axis=-1).reshape(1, -1, 4)
    found = numpy.clip(found, 0, 1) if clip else found
    return made(found.astype(data._data.dtype), type(data))


def _corners(boxes, form):
    if form == "corner":
        return boxes
    if form != "center":
        raise MXNetError(message("box", f"got format {form!r}", "It is 'corner' or 'center'"))
    middle, half = boxes[..., :2], boxes[..., 2:] / 2
    return numpy.concatenate([middle - half, middle + half], axis=-1)


def _overlaps(a, b):
    """Area of overlap over area of union, for each pair of boxes (x1, y1, x2, y2)."""
    low = numpy.maximum(a[..., :, None, :2], b[..., None, :, :2])
    high = numpy.minimum(a[..., :, None, 2:], b[..., None, :, 2:])
    common = numpy.prod(numpy.maximum(high - low, 0), axis=-1)
    area_a, area_b = (numpy.prod(numpy.maximum(v[..., 2:] - v[..., :2], 0), axis=-1)
                      for v in (a, b))  # fmt: skip
    union = area_a[..., :, None] + area_b[..., None, :] - common
    return numpy.where(union > 0, common / numpy.where(union > 0, union, 1), 0)


def box_iou(lhs, rhs, format="corner", **_):
    """Intersection over union of each box of `lhs` with each of `rhs`."""
    a, b = (_corners(host(v._data), format) for v in (lhs, rhs))
    found = _overlaps(a.reshape(-1, 4), b.reshape(-1, 4))
    shape = a.shape[:-1] + b.shape[:-1]
    return made(found.reshape(shape).astype(lhs._data.dtype), type(lhs))


def box_nms(
    data,
    overlap_thresh=0.5,
    valid_thresh=0,
    topk=-1,
    coord_start=2,
    score_index=1,
    id_index=-1,
    background_id=-1,
    force_suppress=False,
    in_format="corner",
    out_format="corner",
    **_,
):
    """Boxes by score, without those that overlap a better one; -1 fills the rows left over."""
    if in_format != out_format:
        raise MXNetError(message("box_nms", "in_format is not out_format", "They must be equal"))
    data = array_of("box_nms", data)
    rows = host(data._data).reshape((-1, *data.shape[-2:]))
    result = numpy.full_like(rows, -1)
    for batch, held in zip(result, rows):
        scores = held[:, score_index]
        order = numpy.argsort(-scores, kind="stable")
        order = [k for k in order if scores[k] > valid_thresh]
        if id_index >= 0 and background_id >= 0:
            order = [k for k in order if held[k, id_index] != background_id]
        order = order[:topk] if topk > 0 else order
        boxes = _corners(held[:, coord_start : coord_start + 4], in_format)
        overlaps = _overlaps(boxes, boxes)
        kept = []
        for k in order:
            rivals = [j for j in kept if force_suppress or id_index < 0
                      or held[j, id_index] == held[k, id_index]]  # fmt: skip
            if all(overlaps[j, k] <= overlap_thresh for j in rivals):
                kept.append(k)
        batch[: len(kept)] = held[kept]
    return made(result.reshape(data.shape), type(data))
