"""Metrics beside those of ranx, whose functions Numba would compile for a minute and a half."""

import os

os.environ["NUMBA_DISABLE_JIT"] = "1"  # read when Numba is imported, which ranx does in a test
