"""Behaviour cases: products, broadcasting, ranges and sums, and what NumPy computes or refuses for them.

Every number is a small multiple of a power of two, so that no sum is rounded and its order cannot be seen; ranges are
rounded, and their order is fixed. Nothing here runs through a loop that differs by processor.
"""

import itertools

import numpy as np

DTYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"]


def text(array):
    flat = array.ravel()
    return " ".join(str(x) if flat.dtype.kind == "f" else str(int(x)) for x in flat)


def drawn(rng, shape, dtype):
    if dtype[0] == "f":
        array = rng.integers(-64, 64, shape) / 2.0 ** rng.integers(0, 4)
    else:  # all of the type's range: products wrap around
        info = np.iinfo(dtype)
        array = rng.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)
        if rng.random() < 0.5:
            array = array % np.array(10, dtype)
    return np.asarray(array).astype(dtype).reshape(shape)


def shape(rng, least=0, most=4):
    return tuple(int(size) for size in rng.choice([0, 1, 2, 3, 4, 5], rng.integers(least, most + 1), p=[0.06, 0.2, 0.3, 0.26, 0.09, 0.09]))


def pair(rng):
    """Two shapes that often fit."""
    a, b = list(shape(rng)), list(shape(rng))
    if a and b and rng.random() < 0.85:
        b[max(len(b) - 2, 0)] = a[-1]
    if len(a) > 2 and len(b) > 2 and rng.random() < 0.8:
        for back in range(3, min(len(a), len(b)) + 1):
            b[-back] = a[-back] if rng.random() < 0.6 else 1
    return a, b


def answer(case, compute):
    try:
        with np.errstate(all="ignore"):
            out = np.asarray(compute())
    except (ValueError, np.exceptions.AxisError, MemoryError, OverflowError, ZeroDivisionError) as refusal:
        case["e"] = f"{type(refusal).__name__}: {refusal}"
        return case
    case.update(rs=list(out.shape), rd=out.dtype.str[1:], r=text(out))
    return case


def product(rng, name):
    dtype = str(rng.choice(DTYPES))
    a, b = (drawn(rng, shape, dtype) for shape in pair(rng))
    return answer(operands(name, dtype, a, b), lambda: getattr(np, name)(a, b))


def operands(name, dtype, a, b):
    return {"f": name, "d": dtype, "s": list(a.shape), "v": text(a), "s2": list(b.shape), "v2": text(b)}


MIXED = [(i, f) for i in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"] for f in ["f4", "f8"]]


def mixed(rng, name):
    """Integers beside floats: NumPy promotes them."""
    kinds = MIXED[int(rng.integers(0, len(MIXED)))]
    first, second = kinds if rng.random() < 0.5 else kinds[::-1]
    a, b = pair(rng)
    # Small integers: no product is rounded.
    of = lambda shape, dtype: drawn(rng, shape, dtype) if dtype[0] == "f" else rng.integers(0, 10, shape).astype(dtype)
    a, b = of(tuple(a), first), of(tuple(b), second)
    return answer(operands(name, first, a, b) | {"d2": second}, lambda: getattr(np, name)(a, b))


def addition(rng):
    dtype = str(rng.choice(DTYPES))
    a = shape(rng)
    b = [size if rng.random() < 0.7 else int(rng.choice([1, 2])) for size in a][int(rng.integers(0, len(a) + 1)):]
    a, b = drawn(rng, a, dtype), drawn(rng, tuple(b), dtype)
    if rng.random() < 0.5:
        a, b = b, a
    return answer(operands("add", dtype, a, b), lambda: np.add(a, b))


def reduction(rng, name):
    dtype = str(rng.choice(DTYPES))
    a = drawn(rng, shape(rng), dtype)
    if dtype[0] == "f" and rng.random() < 0.3:
        a = np.where(rng.random(a.shape) < 0.3, rng.choice([np.nan, np.inf, -np.inf, -0.0], a.shape), a).astype(dtype)
    axis = None if rng.random() < 0.25 else int(rng.integers(-a.ndim - 1, a.ndim + 1))
    keep = bool(rng.random() < 0.4)
    case = {"f": name, "d": dtype, "s": list(a.shape), "v": text(a), "axis": axis, "keep": keep}
    return answer(case, lambda: getattr(np, name)(a, axis=axis, keepdims=keep))


def reshaping(rng):
    a = drawn(rng, shape(rng), "i4")
    sizes = list(rng.permutation(a.shape)) if rng.random() < 0.3 else list(rng.choice([1, 2, 3, 4, 6, 12], rng.integers(1, 4)))
    if sizes and rng.random() < 0.7:
        sizes[int(rng.integers(0, len(sizes)))] = -1
    sizes = [int(size) for size in sizes]
    case = {"f": "reshape", "d": "i4", "s": list(a.shape), "v": text(a), "to": sizes}
    return answer(case, lambda: a.reshape(sizes))


def a_range(rng):
    kind = rng.integers(0, 8)
    one = lambda of: of[int(rng.integers(0, len(of)))]
    if kind == 0:
        dtype, (start, stop, step) = "i8", (int(x) for x in rng.integers(-30, 30, 3))
    elif kind == 1:
        dtype, start, stop = "f8", float(rng.normal() * 5), float(rng.normal() * 5)
        step = float(rng.choice([0.1, -0.1, 0.3, 1 / 3, -0.7, 2.5]))
    elif kind == 2:
        dtype, start, step = "f8", float(rng.integers(-5, 5)), float(rng.choice([0.1, 0.2, 0.01, -0.1, 0.7]))
        stop = start + step * int(rng.integers(0, 60))
    elif kind == 3:
        dtype, start, stop = "f8", *(float(x) for x in rng.choice([0, 1, -1, np.nan, 0.5, -0.0], 2))
        step = float(rng.choice([0.5, -0.5, 3.0, np.inf, -np.inf]))
    elif kind == 4:  # none, or too many
        dtype, start, stop = "f8", *(one([0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 1e300, -1e300, 5e-324]) for _ in range(2))
        step = one([0.0, -0.0, 0.5, -0.5, np.inf, np.nan, 1e-300, 1e299, -1e299])
    elif kind == 5:  # ends further apart than the dtype counts
        dtype, ends, steps = one([("i8", [-(2**63), 2**63 - 1, 0, -1, 2**62], [2**62, -(2**62), 2**63 - 1, -(2**63), 2**60]),
                                  ("u8", [0, 1, 2**64 - 1, 2**63], [2**62, 2**63, 2**64 - 1, 0])])
        start, stop, step = one(ends), one(ends), one(steps)
    elif kind == 6:
        dtype = one(["i1", "u1", "i4"])
        low, high = (0, 255) if dtype == "u1" else (-128, 127)
        start, stop, step = (int(x) for x in rng.integers(low, high, 3, endpoint=True))
        step = step or 1
    else:
        dtype = "f4"
        # Scalars of that type: NumPy divides in their precision.
        start, stop, step = (np.float32(x) for x in (rng.normal() * 5, rng.normal() * 5, one([0.1, -0.1, 1 / 3, 0.7, 1])))
        if rng.random() < 0.3:
            start, step = np.float32(rng.normal() * 5), np.float32(1)
            stop = start + np.float32(int(rng.integers(1, 20))) + np.float32(1e-6) * np.float32(rng.integers(-2, 3))
    case = {"f": "arange", "d": dtype, "v": f"{start} {stop} {step}"}
    return answer(case, lambda: np.arange(start, stop, step, dtype=dtype))


def spaced(rng):
    start, stop = (float(x) for x in rng.choice([0, 1, -1, 10, 0.1, 1 / 3, -5, 1e-300, 1e300, 5e-324, float(rng.normal())], 2))
    case = {"f": "linspace", "d": "f8", "v": f"{start} {stop}", "to": [int(rng.choice([0, 1, 2, 3, 5, 7, 11, 50]))]}
    return answer(case, lambda: np.linspace(start, stop, case["to"][0]))


def long_sum(rng):
    """Sums whose rounding shows the order: NumPy's is that of pairs of halves."""
    name, dtype = str(rng.choice(["sum", "mean"])), str(rng.choice(["f4", "f8"]))
    length = int(rng.choice([7, 8, 9, 15, 100, 127, 128, 129, 136, 200, 257]))
    a = np.round(rng.normal(size=(int(rng.integers(1, 3)), length)), 3).astype(dtype)
    axis = int(rng.choice([0, 1]))
    # Axes of length 1 anywhere: NumPy drops them.
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(1, 3))):
            at = int(rng.integers(0, a.ndim + 1))
            a = np.expand_dims(a, at)
            axis += at <= axis
    case = {"f": name, "d": dtype, "s": list(a.shape), "v": text(a), "axis": axis, "keep": False}
    return answer(case, lambda: getattr(np, name)(a, axis=axis))


def documented():
    """The examples of NumPy's own documentation of dot, matmul, add, sum, mean, max, argmax and arange."""
    f, i = lambda *x: np.array(x, "f8"), lambda *x: np.array(x, "i8")
    pairs = [("dot", i(3), i(4)), ("dot", i([1, 0], [0, 1]), i([4, 1], [2, 2])), ("matmul", i([1, 0], [0, 1]), i([4, 1], [2, 2])),
             ("matmul", i([1, 0], [0, 1]), i(1, 2)), ("matmul", i(1, 2), i([1, 0], [0, 1])),
             ("matmul", np.arange(16, dtype="i8").reshape(2, 2, 4), np.arange(16, dtype="i8").reshape(2, 4, 2)),
             ("matmul", i(1, 2), np.array(3, "i8")), ("add", np.arange(9.0).reshape(3, 3), np.arange(3.0)),
             ("add", i(1, 2, 3), i([10], [20], [30])), ("dot", i(1, 2, 3), i([1, 2, 3], [10, 20, 30]))]
    for name, a, b in pairs:
        yield answer(operands(name, a.dtype.str[1:], a, b), lambda: getattr(np, name)(a, b))
    alone = [("sum", f(0.5, 1.5), None), ("sum", i([0, 1], [0, 5]), 0), ("sum", i([0, 1], [0, 5]), 1), ("mean", i([1, 2], [3, 4]), None),
             ("mean", i([1, 2], [3, 4]), 0), ("mean", i([1, 2], [3, 4]), 1), ("max", np.arange(4).reshape(2, 2), 0),
             ("argmax", np.arange(6).reshape(2, 3) + 10, None), ("argmax", np.arange(6).reshape(2, 3) + 10, 0),
             ("argmax", np.arange(6).reshape(2, 3) + 10, 1), ("argmax", i(0, 5, 2, 3, 4, 5), None)]
    for name, a, axis in alone:
        case = {"f": name, "d": a.dtype.str[1:], "s": list(a.shape), "v": text(a), "axis": axis, "keep": False}
        yield answer(case, lambda: getattr(np, name)(a, axis=axis))


def empty():
    """What is left of arrays without numbers, along each axis."""
    shapes = [shape for ndim in (1, 2, 3) for shape in itertools.product([0, 1, 2], repeat=ndim) if 0 in shape]
    for name, shape in itertools.product(["sum", "mean", "max", "argmax"], shapes):
        for axis in [None, *range(len(shape))]:
            a = np.zeros(shape)
            case = {"f": name, "d": "f8", "s": list(a.shape), "v": "", "axis": axis, "keep": axis == 1}
            yield answer(case, lambda: getattr(np, name)(a, axis=axis, keepdims=axis == 1))


def cases(seed, count):
    rng = np.random.default_rng(seed)
    kinds = [lambda: product(rng, "dot"), lambda: product(rng, "matmul"), lambda: addition(rng),
             *(lambda name=name: reduction(rng, name) for name in ["sum", "mean", "max", "argmax"]),
             lambda: reshaping(rng), lambda: a_range(rng), lambda: spaced(rng), lambda: long_sum(rng),
             lambda: mixed(rng, "dot"), lambda: mixed(rng, "matmul")]
    found = [*documented(), *empty()]
    while len(found) < count:
        found.append(kinds[len(found) % len(kinds)]())
    return found
