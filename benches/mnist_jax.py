"""The same work in JAX on the CPU, compiled by XLA: the training step in one jitted function, with donated arrays.

Prints images per second, one line per measurement, for `mnist.py`. Needs jax and numpy. Compiling is not counted.
"""

import gzip
import os
import sys
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np

SIZES = [784, 50, 100, 10]


def data():
    folder = os.environ.get("FORWARD_PASS_MNIST")
    if not folder:
        random = np.random.default_rng(1)
        images = random.integers(0, 256, (60_000, 784), dtype=np.uint8) * (random.random((60_000, 784)) < 0.125)
        return images, np.arange(60_000) % 10
    with gzip.open(os.path.join(folder, "train-images-idx3-ubyte.gz")) as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    with gzip.open(os.path.join(folder, "train-labels-idx1-ubyte.gz")) as file:
        return images, np.frombuffer(file.read(), np.uint8, offset=8)


def start():
    random = np.random.default_rng(1)
    shapes = list(zip(SIZES, SIZES[1:]))
    weights = [jnp.asarray(random.standard_normal((i, o)) / np.sqrt(i), jnp.float32) for i, o in shapes]
    return weights, [jnp.zeros(o, jnp.float32) for o in SIZES[1:]]


def sums(net, x):
    weights, biases = net
    for w, b in zip(weights[:-1], biases[:-1]):
        x = jax.nn.sigmoid(x @ w + b)
    return x @ weights[-1] + biases[-1]


def loss(net, x, t):
    return -jnp.take_along_axis(jax.nn.log_softmax(sums(net, x)), t[:, None], axis=1).mean()


def step(state, batch):
    net, velocity = state
    value, slopes = jax.value_and_grad(loss)(net, *batch)
    velocity = jax.tree.map(lambda v, g: 0.9 * v - 0.1 * g, velocity, slopes)
    return (jax.tree.map(jnp.add, net, velocity), velocity), value


@jax.jit
def epoch(state, images, labels, order):
    """All steps in one compiled loop, without Python."""
    places = order.reshape(-1, 100)
    return jax.lax.scan(lambda state, at: step(state, (images[at], labels[at])), state, places)


@jax.jit
def classify(net, x):
    return jax.nn.softmax(sums(net, x)).argmax(axis=1)


def measure(name, images, work):
    work()
    begun = time.perf_counter()
    work()
    print(f"{name} {images / (time.perf_counter() - begun):.0f}", flush=True)


def all_of(net, images, batch, count):
    answers = [classify(net, images[at : at + batch]) for at in range(0, count, batch)]
    jax.block_until_ready(answers)


def main():
    wished = sys.argv[1:]
    wants = lambda name: not wished or name in wished
    images, labels = data()
    host = images.astype(np.float32) / np.float32(255)
    images, labels = jnp.asarray(host), jnp.asarray(labels.astype(np.int32))
    net = start()
    if wants("train"):
        order = jnp.asarray(np.random.default_rng(1).permutation(60_000))
        state = (net, jax.tree.map(jnp.zeros_like, net))
        measure("train", 60_000, lambda: jax.block_until_ready(epoch(state, images, labels, order)))
    for batch in (1, 100, 10_000):
        if wants(f"classify-{batch}"):
            count = 5_000 if batch == 1 else 60_000
            # From NumPy's rows: slicing a JAX array costs more than classifying the slice.
            measure(f"classify-{batch}", count, lambda: all_of(net, host, batch, count))


main()
