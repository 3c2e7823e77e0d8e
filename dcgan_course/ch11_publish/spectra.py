"""What faces hold from coarse to fine: the traces of G's upsampling."""

from __future__ import annotations

import cv2
import numpy as np
import pandas as pd


def mean_spectrum(faces: np.ndarray) -> pd.Series:
    """Mean power of grey copies at each whole number of waves across the picture.

    Args:
        faces: uint8, shape (n, side, side, 3), RGB.

    Returns:
        float64 (side // 2,), by waves from 1 to side // 2.
    """
    grey = np.stack([cv2.cvtColor(face, cv2.COLOR_RGB2GRAY) for face in faces]) / 255
    side = grey.shape[1]
    power = (np.abs(np.fft.fftshift(np.fft.fft2(grey), axes=(1, 2))) ** 2).mean(axis=0)
    rows, columns = np.indices(power.shape) - side // 2
    radius = np.round(np.hypot(rows, columns)).astype(int)
    rings = range(1, side // 2 + 1)
    return pd.Series([power[radius == ring].mean() for ring in rings], index=rings)
