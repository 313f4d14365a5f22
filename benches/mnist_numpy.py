"""The same work in NumPy, written to be fast: float32, in place, without allocating in the loop where NumPy allows it.

Prints images per second, one line per measurement, for `mnist.py`. Needs numpy and nothing else.
"""

import gzip
import os
import sys
import time

import numpy as np

SIZES = [784, 50, 100, 10]


def read(folder):
    def images(name):
        with gzip.open(os.path.join(folder, name)) as file:
            return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)

    def labels(name):
        with gzip.open(os.path.join(folder, name)) as file:
            return np.frombuffer(file.read(), np.uint8, offset=8)

    train = images("train-images-idx3-ubyte.gz"), labels("train-labels-idx1-ubyte.gz")
    test = images("t10k-images-idx3-ubyte.gz"), labels("t10k-labels-idx1-ubyte.gz")
    return train, test


def noise():
    random = np.random.default_rng(1)
    images = random.integers(0, 256, (60_000, 784), dtype=np.uint8) * (random.random((60_000, 784)) < 49 / 256)
    return images, np.arange(60_000) % 10


def start():
    random = np.random.default_rng(1)
    weights = [(random.standard_normal((i, o)) / np.sqrt(i)).astype(np.float32) for i, o in zip(SIZES, SIZES[1:])]
    return weights, [np.zeros(o, np.float32) for o in SIZES[1:]]


def sigmoid(a):
    np.negative(a, out=a)
    np.exp(a, out=a)
    a += 1
    np.reciprocal(a, out=a)


def forward(x, weights, biases, room):
    z = x
    for k, (w, b) in enumerate(zip(weights, biases)):
        a = room[k]
        np.matmul(z, w, out=a)
        a += b
        if k < 2:
            sigmoid(a)
        z = a
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    return z


def train(images, labels, batch=100, rate=np.float32(0.1), momentum=np.float32(0.9)):
    """One epoch of stochastic gradient descent with momentum, in a shuffled order."""
    weights, biases = start()
    room = [np.empty((batch, o), np.float32) for o in SIZES[1:]]
    d_room = [np.empty((batch, o), np.float32) for o in SIZES[1:]]
    slope = [np.empty((batch, o), np.float32) for o in SIZES[1:]]
    dw, db = [np.empty_like(w) for w in weights], [np.empty_like(b) for b in biases]
    vw, vb = [np.zeros_like(w) for w in weights], [np.zeros_like(b) for b in biases]
    x, rows = np.empty((batch, 784), np.float32), np.arange(batch)
    order = np.random.default_rng(1).permutation(len(images))
    for at in range(0, len(images), batch):
        places = order[at : at + batch]
        np.take(images, places, axis=0, out=x, mode="clip")
        t = labels[places]
        p = forward(x, weights, biases, room)
        p[rows, t] -= 1
        p /= np.float32(batch)
        d = p
        for k in (2, 1, 0):
            z = room[k - 1] if k else x
            np.matmul(z.T, d, out=dw[k])
            d.sum(axis=0, out=db[k])
            if k:
                back = d_room[k - 1]
                np.matmul(d, weights[k].T, out=back)
                s = slope[k - 1]
                np.subtract(1, z, out=s)
                s *= z
                back *= s
                d = back
        for value, velocity, gradient in zip(weights + biases, vw + vb, dw + db):
            velocity *= momentum
            gradient *= rate
            velocity -= gradient
            value += velocity


def classify(images, weights, biases, batch):
    room = [np.empty((batch, o), np.float32) for o in SIZES[1:]]
    for at in range(0, len(images), batch):
        forward(images[at : at + batch], weights, biases, room).argmax(axis=1)


def measure(name, images, work):
    begun = time.perf_counter()
    work()
    print(f"{name} {images / (time.perf_counter() - begun):.0f}", flush=True)


def main():
    wished = sys.argv[1:]
    wants = lambda name: not wished or name in wished
    folder = os.environ.get("FORWARD_PASS_MNIST")
    if folder and wants("read"):
        measure("read", 70_000, lambda: read(folder))
    images, labels = read(folder)[0] if folder else noise()
    images = images.astype(np.float32) / np.float32(255)
    labels = labels.astype(np.intp)
    if wants("train"):
        train(images[:5_000], labels[:5_000])
        measure("train", 60_000, lambda: train(images, labels))
    weights, biases = start()
    for batch in (1, 100, 10_000):
        if wants(f"classify-{batch}"):
            count = 20_000 if batch == 1 else 60_000
            measure(f"classify-{batch}", count, lambda: classify(images[:count], weights, biases, batch))


main()
