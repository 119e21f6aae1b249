"""Images seen through grids and regions: sampling, regions of interest, correlation, resizing."""

import numpy

from ..elsewhere import host
from ..errors import MXNetError, ShapeError, message
from . import images
from .calls import array_of, made, op


def _sample(data, n, y, x, inside=None):
    """`data` (batch, channels, h, w) at fractional places; outside the image are zeros.

    `n` (int array) and `y`, `x` broadcast to one shape S; the result has shape S + (channels,).
    """
    height, width = data.shape[2:]
    low_y, low_x = op("floor", y.detach()), op("floor", x.detach())
    part_y, part_x = y - low_y, x - low_x
    total = None
    for down in (0, 1):
        for right in (0, 1):
            rows = host(low_y._data).astype("int64") + down
            columns = host(low_x._data).astype("int64") + right
            there = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
            rows, columns = numpy.clip(rows, 0, height - 1), numpy.clip(columns, 0, width - 1)
            value = op("getitem", data, key=(n, slice(None), rows, columns))  # S + (channels,)
            weight = (part_y if down else 1 - part_y) * (part_x if right else 1 - part_x)
            weight = weight * made(there.astype(data._data.dtype), type(data))
            term = value * weight.expand_dims(-1)
            total = term if total is None else total + term
    return total


def _channels_second(x):
    last = x.ndim - 1
    return x.transpose((0, last, *range(1, last)))


def bilinear_sampler(data, grid, cudnn_off=None, **_):
    """`data` at the places of `grid` (batch, 2, h, w): x and y from -1 to 1; zeros outside."""
    data, grid = array_of("BilinearSampler", data), array_of("BilinearSampler", grid)
    if data.ndim != 4 or grid.ndim != 4 or grid.shape[:2] != (data.shape[0], 2):
        raise ShapeError(
            message(
                "BilinearSampler",
                f"got data of shape {data.shape} and a grid of shape {grid.shape}",
                "They must be (batch, channels, h, w) and (batch, 2, h, w)",
            )
        )
    height, width = data.shape[2:]
    x = (op("getitem", grid, key=(slice(None), 0)) + 1) * ((width - 1) / 2)
    y = (op("getitem", grid, key=(slice(None), 1)) + 1) * ((height - 1) / 2)
    n = numpy.arange(data.shape[0])[:, None, None]
    return _channels_second(_sample(data, n, y, x))


def _places(count):
    return numpy.linspace(-1, 1, count) if count > 1 else numpy.full(1, -1.0)


def grid_generator(data, transform_type="affine", target_shape=(0, 0), **_):
    """A grid for `BilinearSampler`: of an affine map (batch, 6), or of a flow (batch, 2, h, w)."""
    data = array_of("GridGenerator", data)
    dtype = data._data.dtype
    if transform_type == "affine":
        height, width = target_shape
        y, x = numpy.meshgrid(_places(height), _places(width), indexing="ij")
        flat = numpy.stack([x.ravel(), y.ravel(), numpy.ones(height * width)]).astype(dtype)
        moved = op("matmul", data.reshape((data.shape[0], 2, 3)), made(flat, type(data)))
        return moved.reshape((data.shape[0], 2, height, width))
    if transform_type != "warp":
        raise MXNetError(
            message("GridGenerator", f"got {transform_type!r}", "It is 'affine' or 'warp'")
        )
    height, width = data.shape[2:]
    y, x = numpy.meshgrid(numpy.arange(height), numpy.arange(width), indexing="ij")
    scale = numpy.array([max(width - 1, 1) / 2, max(height - 1, 1) / 2], dtype).reshape(1, 2, 1, 1)
    base = made(numpy.stack([x, y])[None].astype(dtype), type(data))
    return (data + base) / made(scale, type(data)) - 1


def spatial_transformer(
    data,
    loc,
    target_shape=(0, 0),
    transform_type="affine",
    sampler_type="bilinear",
    cudnn_off=None,
    **_,
):
    """`data` seen through the affine maps `loc` (batch, 6)."""
    if transform_type != "affine" or sampler_type != "bilinear":
        raise MXNetError(
            message(
                "SpatialTransformer",
                f"got transform {transform_type!r}, sampler {sampler_type!r}",
                "They are 'affine' and 'bilinear'",
            )
        )
    target = tuple(target_shape) if any(target_shape) else data.shape[2:]
    return bilinear_sampler(data, grid_generator(loc, "affine", target))


def roi_pooling(data, rois, pooled_size, spatial_scale, **_):
    """The largest element of each cell of regions `rois`: rows (batch index, x1, y1, x2, y2)."""
    data = array_of("ROIPooling", data)
    high, wide = pooled_size
    height, width = data.shape[2:]
    boxes = host(rois._data).astype("float64")
    which = boxes[:, 0].astype("int64")
    scaled = boxes[:, 1:] * spatial_scale
    # C's round: halves go away from 0.
    x1, y1, x2, y2 = (numpy.sign(scaled) * numpy.floor(numpy.abs(scaled) + 0.5)).astype(int).T
    shape = (len(boxes), data.shape[1], high, wide)
    rows, columns = numpy.zeros(shape, "int64"), numpy.zeros(shape, "int64")
    full, seen = numpy.zeros(shape, bool), host(data._data)

    def span(low, size, cells, cell, limit):
        start = int(numpy.floor(cell * size / cells)) + low
        stop = int(numpy.ceil((cell + 1) * size / cells)) + low
        return max(min(start, limit), 0), max(min(stop, limit), 0)

    for r, n in enumerate(which):
        if not 0 <= n < data.shape[0]:
            continue
        size_y, size_x = max(y2[r] - y1[r] + 1, 1), max(x2[r] - x1[r] + 1, 1)
        for i in range(high):
            top, bottom = span(y1[r], size_y, high, i, height)
            for j in range(wide):
                left, right = span(x1[r], size_x, wide, j, width)
                if bottom <= top or right <= left:
                    continue
                cell = seen[n, :, top:bottom, left:right].reshape(data.shape[1], -1)
                best = cell.argmax(axis=1)
                rows[r, :, i, j] = top + best // (right - left)
                columns[r, :, i, j] = left + best % (right - left)
                full[r, :, i, j] = True
    n = numpy.clip(which, 0, data.shape[0] - 1).reshape(-1, 1, 1, 1)
    channels = numpy.arange(data.shape[1]).reshape(1, -1, 1, 1)
    result = op("getitem", data, key=(n, channels, rows, columns))
    return result * made(full.astype(data._data.dtype), type(data))


def roi_align(
    data, rois, pooled_size, spatial_scale, sample_ratio=-1, position_sensitive=False,
    aligned=False, **_,
):  # fmt: skip
    """The mean of samples in each cell of regions `rois`: rows (batch index, x1, y1, x2, y2)."""
    if position_sensitive:
        raise MXNetError(message("ROIAlign", "position_sensitive=True", "It is left out"))
    data = array_of("ROIAlign", data)
    high, wide = pooled_size
    height, width = data.shape[2:]
    results = []
    for box in host(rois._data).astype("float64"):
        x1, y1, x2, y2 = box[1:] * spatial_scale - (0.5 if aligned else 0)
        size_x, size_y = x2 - x1, y2 - y1
        if not aligned:
            size_x, size_y = max(size_x, 1.0), max(size_y, 1.0)
        step_y, step_x = size_y / high, size_x / wide
        ny = sample_ratio if sample_ratio > 0 else int(numpy.ceil(step_y))
        nx = sample_ratio if sample_ratio > 0 else int(numpy.ceil(step_x))
        y = y1 + step_y * (numpy.arange(high)[:, None] + (numpy.arange(ny) + 0.5) / ny)
        x = x1 + step_x * (numpy.arange(wide)[:, None] + (numpy.arange(nx) + 0.5) / nx)
        y, x = y.reshape(high, 1, ny, 1), x.reshape(1, wide, 1, nx)
        y, x = numpy.broadcast_arrays(y, x)
        there = (y >= -1) & (y <= height) & (x >= -1) & (x <= width)
        y, x = numpy.clip(y, 0, height - 1), numpy.clip(x, 0, width - 1)
        dtype = data._data.dtype
        places = [made(v.astype(dtype), type(data)) for v in (y, x)]
        seen = _sample(data, numpy.full(y.shape, int(box[0])), *places)
        seen = seen * made(there[..., None].astype(dtype), type(data))
        results.append(op("mean", seen, axis=(2, 3)).transpose((2, 0, 1)))
    return op("stack", *results, axis=0)


def correlation(
    data1,
    data2,
    kernel_size=1,
    max_displacement=1,
    stride1=1,
    stride2=1,
    pad_size=0,
    is_multiply=True,
    **_,
):
    """Mean product (or distance) of patches of two images, for each displacement of the second."""
    data1, data2 = array_of("Correlation", data1), array_of("Correlation", data2)
    if data1.shape != data2.shape or kernel_size % 2 == 0:
        raise ShapeError(
            message(
                "Correlation",
                f"got shapes {data1.shape} and {data2.shape}, kernel_size {kernel_size}",
                "The shapes must be equal, the kernel's size odd",
            )
        )
    reach = kernel_size // 2
    border = max_displacement + reach
    widths = (0, 0, 0, 0, *(pad_size,) * 4)
    first, second = (op("pad_constant", x, widths=widths, constant_value=0) if pad_size else x
                     for x in (data1, data2))  # fmt: skip
    height, width = first.shape[2:]
    rows, columns = (-(-(n - 2 * border) // stride1) for n in (height, width))
    if rows < 1 or columns < 1:
        raise ShapeError(message("Correlation", f"got images of {height}x{width}", "Too small"))
    radius = max_displacement // stride2
    high, wide = ((n - 1) * stride1 + kernel_size for n in (rows, columns))
    top = max_displacement

    def window(x, down, right):
        key = (slice(None), slice(None), slice(top + down, top + down + high),
               slice(top + right, top + right + wide))  # fmt: skip
        return op("getitem", x, key=key)

    here, found = window(first, 0, 0), []
    for down in range(-radius, radius + 1):
        for right in range(-radius, radius + 1):
            there = window(second, down * stride2, right * stride2)
            both = here * there if is_multiply else op("abs", here - there)
            found.append(op("sum", both, axis=1))
    stacked = op("stack", *found, axis=1)
    size = (kernel_size, kernel_size)
    total = images.pooling(stacked, kernel=size, pool_type="sum", stride=(stride1, stride1))
    return total / (kernel_size**2 * data1.shape[1])


def crop_layer(*data, offset=(0, 0), h_w=(0, 0), center_crop=False, num_args=None, **_):
    """A window of an image: of size `h_w`, or of a second array's size."""
    image = data[0]
    height, width = data[1].shape[2:] if len(data) > 1 else h_w
    top, left = offset
    if center_crop:
        top, left = (image.shape[2] - height) // 2, (image.shape[3] - width) // 2
    if top + height > image.shape[2] or left + width > image.shape[3]:
        raise ShapeError(
            message(
                "Crop",
                f"got a window of {height}x{width} at {(top, left)} in an image of "
                f"{image.shape[2]}x{image.shape[3]}",
                "It must lie inside",
            )
        )
    key = (slice(None), slice(None), slice(top, top + height), slice(left, left + width))
    return op("getitem", image, key=key)


def bilinear_resize(
    data, like=None, height=1, width=1, scale_height=None, scale_width=None, mode="size",
    align_corners=True, **_,
):  # fmt: skip
    """Images in another size, by linear interpolation along both axes."""
    data = array_of("BilinearResize2D", data)
    old = data.shape[2:]
    if mode == "like":
        height, width = like.shape[2:]
    elif mode != "size":
        raise MXNetError(message("BilinearResize2D", f"got mode {mode!r}", "'size' and 'like'"))
    elif scale_height is not None:
        height, width = int(old[0] * scale_height), int(old[1] * scale_width)
    result = data
    for axis, (before, after) in enumerate(zip(old, (height, width)), 2):
        if align_corners:
            at = numpy.arange(after) * ((before - 1) / (after - 1) if after > 1 else 0)
        else:
            at = numpy.maximum((numpy.arange(after) + 0.5) * before / after - 0.5, 0)
        low = numpy.minimum(at.astype("int64"), before - 1)
        weights = numpy.zeros((before, after))
        weights[low, numpy.arange(after)] += 1 - (at - low)
        weights[numpy.minimum(low + 1, before - 1), numpy.arange(after)] += at - low
        matrix = made(weights.astype(data._data.dtype), type(data))
        result = op("tensordot", result, matrix, axes=((axis,), (0,)))
        result = result.transpose((0, 1, 3, 2)) if axis == 2 else result
    return result


def adaptive_avg_pooling(data, output_size=1, **_):
    """The mean of each of `output_size` cells that cover the image."""
    data = array_of("AdaptiveAvgPooling2D", data)
    sizes = (output_size,) * 2 if isinstance(output_size, int) else tuple(output_size)
    sizes = sizes * 2 if len(sizes) == 1 else sizes or (1, 1)
    result = data
    for axis, after in enumerate(sizes, 2):
        before = data.shape[axis]
        weights = numpy.zeros((before, after))
        for k in range(after):
            start, stop = k * before // after, -(-(k + 1) * before // after)
            weights[start:stop, k] = 1 / (stop - start)
        matrix = made(weights.astype(data._data.dtype), type(data))
        result = op("tensordot", result, matrix, axes=((axis,), (0,)))
        result = result.transpose((0, 1, 3, 2)) if axis == 2 else result
    return result
