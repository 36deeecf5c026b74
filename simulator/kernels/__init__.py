"""Compiled kernels: arrays in, arrays out, no I/O. Importing this package tells numba where to keep them."""

import os

import numba

# Passive waiting: active spinning of idle threads made two-thread loops 30-60 times slower on a busy machine.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
_LOCATORS = ("UserProvided", "InTree", "UserWide", "IPython", "Zip")
if not numba.config.CACHE_LOCATOR_CLASSES:
    theirs = [f"{name}CacheLocator" for name in _LOCATORS]
    numba.config.CACHE_LOCATOR_CLASSES = ",".join(["simulator.kernels.cache.KernelLocator", *theirs])
