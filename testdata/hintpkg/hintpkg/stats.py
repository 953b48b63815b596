"""Figures of a sample: of a list, or of an array where NumPy is installed."""

import math

try:
    import numpy as np
except ImportError:
    np = None


def mean(sample: np.ndarray) -> float:
    return math.fsum(sample) / len(sample)


def spread(sample: np.ndarray, centre: float = None) -> float:
    centre = mean(sample) if centre is None else centre
    return math.sqrt(mean([(value - centre) ** 2 for value in sample]))
