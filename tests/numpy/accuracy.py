"""Accuracy cases: the true values of the activation functions, from mpmath at 60 digits, over the whole range of f64."""

import struct

import numpy as np
from mpmath import mp, mpf

mp.dps = 60
HALF = mpf(1) / 2


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def phi(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


FUNCTIONS = {
    "exp": mp.exp,
    "sigmoid": sigmoid,
    "sigmoid_derivative": lambda x: sigmoid(x) * sigmoid(-x),
    "tanh": mp.tanh,
    "tanh_derivative": lambda x: mp.sech(x) ** 2,
    "softplus": lambda x: mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x)),
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * phi(x),
}


def exact(value):
    """A true value as the nearest f64 and what is left of it, which tells a fraction of the last place."""
    try:
        near = float(value)
    except OverflowError:
        near = float("inf")
    rest = float(value - mpf(near)) if np.isfinite(near) else 0.0
    return near, rest


def word(x):
    return struct.pack(">d", x).hex()


def inputs(rng, count):
    kinds = [
        rng.uniform(-750, 715, count // 3),
        rng.uniform(-45, 45, count // 3),
        rng.choice([-1.0, 1.0], count // 3) * 10.0 ** rng.uniform(-300, 2.8, count // 3),
    ]
    edges = [0.0, -0.0, 709.782712893384, 709.7827128933841, -708.3964185322641, -745.1332191019411, -745.1332191019412,
             36.7368005696771, -36.7368005696771, 40.0, -40.0, 5e-324, -5e-324, 1e300, -1e300, 38.5, -38.5]
    return [float(x) for kind in kinds for x in kind] + edges


def cases(seed, count):
    rng = np.random.default_rng(seed)
    found = []
    for x in inputs(rng, count):
        truth = {}
        for name, function in FUNCTIONS.items():
            if name == "exp" and x > 1e4:
                value = mpf("inf")
            elif abs(x) > 1e4 and name != "exp":
                value = mpf(x) if x > 0 and name in ("softplus", "silu", "gelu") else mpf(0)
                value = mpf(1 if x > 0 else -1) if name == "tanh" else value
                value = mpf(1) if name == "sigmoid" and x > 0 else value
            elif name == "exp" and x < -1e4:
                value = mpf(0)
            else:
                value = function(mpf(x))
            near, rest = exact(value)
            truth[name] = f"{word(near)} {rest!r}"
        found.append({"x": word(x), **truth})
    return found
