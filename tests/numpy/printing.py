"""Printing cases: arrays drawn from hard distributions, and what NumPy prints for them."""

import numpy as np

FLOATS = ["f4", "f8"]
COMPLEX = ["c8", "c16"]
INTS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]


def floats(rng, n):
    """n floats of one hard kind."""
    kind = rng.integers(0, 18)
    sign = rng.choice([-1.0, 1.0], n) if rng.random() < 0.5 else np.ones(n)
    if kind == 0:
        x = rng.normal(size=n)
    elif kind == 1:
        x = 10.0 ** rng.uniform(-20, 20, n)
    elif kind == 2:
        x = rng.integers(-10, 10, n).astype(float)
    elif kind == 3:
        x = 10.0 ** rng.integers(-12, 12, n)
    elif kind == 4:  # ties: exact halves of a decimal place
        x = rng.integers(-(2**20), 2**20, n) / 2.0 ** rng.integers(0, 30)
    elif kind == 5:  # ties at the default precision
        x = (rng.integers(0, 10**6, n) * 10 + 5) / 1e9
    elif kind == 6:  # carries
        x = 10.0 ** rng.integers(-3, 6, n) - 10.0 ** rng.integers(-12, -3)
    elif kind == 7:  # around the cut-offs
        x = rng.choice([1e8, 1e6, 1e-4, 1e3, 1e16, 1e5, 1.0], n) * (1 + rng.integers(-2, 3, n) * 1e-7)
    elif kind == 8:  # around the ratio of 1000
        x = rng.choice([1.0, 999.0, 1000.0, 1000.0001, 1001.0, 0.1, 100.0], n)
    elif kind == 9:  # subnormals
        x = rng.integers(1, 1000, n) * 5e-324 if rng.random() < 0.5 else rng.integers(1, 1000, n) * 1e-45
    elif kind == 10:  # any bits
        x = rng.integers(0, 2**63, n, dtype=np.uint64).view(np.float64)
        x = np.where(np.isfinite(x), x, 1.5)
    elif kind == 11:
        x = 10.0 ** rng.uniform(-5, 9, n)
    elif kind == 12:
        x = np.round(rng.uniform(-100, 100, n), int(rng.integers(0, 6)))
    elif kind == 13:
        x = np.full(n, rng.choice([0.1, 1 / 3, 1e-5, 123456789.0, 0.5, 1e22, 2.0**60]))
    elif kind == 14:
        x = np.float64(np.float32(rng.normal(size=n)))
    elif kind == 15:
        x = 2.0 ** rng.integers(-60, 60, n)
    elif kind == 16:
        x = rng.uniform(0, 1, n)
    else:
        x = np.zeros(n)
    x = x * sign
    if rng.random() < 0.3:
        special = rng.choice([np.nan, np.inf, -np.inf, -0.0, 0.0], n)
        x = np.where(rng.random(n) < rng.choice([0.05, 0.3, 1.0]), special, x)
    return x


def integers(rng, n, dtype):
    info = np.iinfo(dtype)
    kind = rng.integers(0, 4)
    if kind == 0:
        return rng.integers(max(info.min, -100), min(info.max, 100), n).astype(dtype)
    if kind == 1:
        return rng.choice([info.min, info.max, 0, 1], n).astype(dtype)
    if kind == 2:
        return np.array([int(v) for v in 10.0 ** rng.uniform(0, np.log10(info.max), n)], dtype=object).astype(dtype)
    return rng.integers(info.min, info.max, n, dtype=dtype)


def values(rng, n, dtype):
    if dtype == "?":
        return rng.random(n) < rng.choice([0.0, 0.5, 1.0])
    if dtype in INTS:
        return integers(rng, n, dtype)
    with np.errstate(all="ignore"):
        if dtype in COMPLEX:
            z = np.empty(n, dtype)
            z.real, z.imag = floats(rng, n), floats(rng, n)
            return z
        return floats(rng, n).astype(dtype)


def shape(rng):
    kind = rng.integers(0, 12)
    if kind == 0:
        return ()
    if kind == 1:
        return tuple(int(k) for k in rng.choice([0, 1, 2, 3], rng.integers(1, 4)))
    if kind <= 6:
        return (int(rng.integers(1, 30)),)
    if kind <= 9:
        return tuple(int(k) for k in rng.integers(1, 8, 2))
    return tuple(int(k) for k in rng.integers(1, 5, rng.integers(3, 6)))


def options(rng):
    """Some of NumPy's print options, most of the time none."""
    chosen = {}
    if rng.random() < 0.4:
        return chosen
    def maybe(name, p, *choices):
        if rng.random() < p:
            value = choices[rng.integers(0, len(choices))]
            chosen[name] = value.item() if hasattr(value, "item") else value
    maybe("precision", 0.4, 0, 1, 2, 3, 4, 8, 12, 17, 20, 30, None)
    maybe("floatmode", 0.4, "fixed", "unique", "maxprec", "maxprec_equal")
    maybe("suppress", 0.3, True)
    maybe("sign", 0.3, "+", " ", "-")
    maybe("threshold", 0.4, 0, 1, 5, 10, 20)
    maybe("edgeitems", 0.3, 0, 1, 2, 4)
    maybe("linewidth", 0.3, 1, 10, 20, 40, 50, 76, 100, 200)
    maybe("nanstr", 0.15, "NA", "missing", "-", "없음")
    maybe("infstr", 0.15, "oo", "infinity", "∞")
    return chosen


def views(rng, ndim):
    """Ways to see the same elements: transposed, reversed, every second one, in Fortran order."""
    if ndim == 0 or rng.random() < 0.7:
        return ""
    return str(rng.choice(["T", "R", "H", "F", "TR", "FH"]))


def view(a, ways):
    for way in ways:
        if way == "T":
            a = a.T
        elif way == "R":
            a = a[::-1]
        elif way == "H":
            a = a[..., ::2]
        elif way == "F":
            a = np.asfortranarray(a)
    return a


def text(a):
    """The elements in C order, parted by spaces; a complex number as two."""
    flat = a.ravel()
    if flat.dtype.kind == "c":
        flat = np.stack([flat.real, flat.imag], -1).ravel()
    if flat.dtype.kind == "f":
        return " ".join(str(x) for x in flat)
    return " ".join(str(int(x)) for x in flat)


def judge(a, ways, opts, form, args):
    with np.printoptions(**opts):
        seen = view(a, ways)
        if form == "repr":
            return repr(seen)
        if form == "str":
            return str(seen)
        if form == "scalar":
            return str(a.ravel()[0])
        return np.array2string(seen, separator=args[0], prefix=args[1], suffix=args[2])


def case(a, ways="", opts=None, form="repr", args=None):
    opts = opts or {}
    line = {"k": form, "d": a.dtype.str[1:], "s": list(a.shape), "v": text(a)}
    if a.dtype.kind == "b":
        line["d"] = "?"
    if ways:
        line["w"] = ways
    if opts:
        line["o"] = ", ".join(f"{name}={value!r}" for name, value in opts.items())
    if args:
        line["a"] = args
    line["e"] = judge(a, ways, opts, form, args)
    return line


def drawn(rng):
    dtype = str(rng.choice(["?"] + INTS + COMPLEX * 3 + FLOATS * 8))
    form = str(rng.choice(["repr", "repr", "str", "str", "array2string", "scalar"]))
    size = () if form == "scalar" else shape(rng)
    n = int(np.prod(size))
    a = values(rng, n, dtype).astype(dtype).reshape(size)
    args = None
    if form == "array2string":
        pick = lambda *choices: choices[rng.integers(0, len(choices))]
        args = [pick(" ", ", ", ",", "", " | ", ";"), pick("", "x = ", "array("), pick("", ")", "   # end")]
    opts = {} if form == "scalar" else options(rng)
    return case(a, views(rng, a.ndim), opts, form, args)


def documented():
    """The examples of NumPy's own documentation, and the edges of its threshold."""
    eps = np.finfo(float).eps
    x = np.arange(4.0)
    yield case(np.array([1.123456789]), opts={"precision": 4})
    yield case(np.arange(10), opts={"threshold": 5})
    yield case(x**2 - (x + eps) ** 2)
    yield case(x**2 - (x + eps) ** 2, opts={"suppress": True})
    yield case(np.linspace(0, 10, 10), opts={"precision": 2, "suppress": True, "threshold": 5})
    yield case(np.array([2.0]) / 3, opts={"precision": 2})
    yield case(np.array([1e-16, 1, 2, 3]), opts={"precision": 2, "suppress": True}, form="array2string", args=[",", "", ""])
    yield case(np.array([1, 2]))
    yield case(np.array([], np.int32))
    yield case(np.array([1e-6, 4e-7, 2, 3]), opts={"precision": 6, "suppress": True})
    yield case(np.arange(3), form="str")
    for dtype in ["i8", "i4", "f8", "f4", "c16", "?"]:
        for n in (999, 1000, 1001):
            a = (np.arange(n) % 7).astype(dtype)
            for form in ("repr", "str"):
                yield case(a, form=form)
        yield case((np.arange(2000) % 11).astype(dtype).reshape(40, 50))
        yield case((np.arange(1200) % 5).astype(dtype).reshape(2, 20, 30))
        yield case((np.arange(1200) % 5).astype(dtype).reshape(5, 4, 3, 20), form="str")
        yield case((np.arange(1001) % 3).astype(dtype).reshape(7, 11, 13), opts={"edgeitems": 0})
        yield case((np.arange(1001) % 3).astype(dtype).reshape(1, 1001))
        yield case((np.arange(1001) % 3).astype(dtype).reshape(1001, 1))
        yield case(np.zeros((0, 3), dtype))
        yield case(np.zeros((2, 0, 3), dtype), form="str")
        yield case(np.zeros((1, 1, 1, 1, 1, 1), dtype))
    for exponent in range(-8, 20):
        for dtype in ("f4", "f8"):
            yield case(np.array(10.0**exponent, dtype), form="scalar")
            yield case(np.array([10.0**exponent], dtype))
            yield case(np.array([10.0**exponent, 1.0], dtype))


def cases(seed, count):
    rng = np.random.default_rng(seed)
    yield from documented()
    with np.errstate(all="ignore"):
        for _ in range(count):
            yield drawn(rng)
