"""Where compiled kernels are kept: a folder named by the digest of all their sources, whatever the install path.

numba's own cache does not notice an edit in a callee's file, compiles again for every copy of the program,
and fails on a read-only install without HOME.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Self

import numba
from numba.core.caching import _CacheLocator

_HERE = Path(__file__).parent


@cache
def digest_of_sources() -> str:
    """Return a digest of numba's version and all kernel sources."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(_HERE.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def cache_folder() -> str:
    """Return the folder of the compiled kernels: the user's cache, or a temporary one where that is not writable."""
    base = os.environ.get("SMEARBENCH_CACHE") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(base) / "smearbench" / f"kernels-{digest_of_sources()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError:
        return tempfile.mkdtemp(prefix="smearbench-kernels-")


class KernelLocator(_CacheLocator):
    """Tells numba where the compiled form of one kernel is."""

    def __init__(self, path: str, line: int) -> None:
        self._py_file = path  # numba names it when it warns of a function that cannot be kept
        self._line = line

    def get_cache_path(self) -> str:
        """Return the folder."""
        return cache_folder()

    def get_source_stamp(self) -> str:
        """Return what must be the same for a compiled kernel to be used."""
        return digest_of_sources()

    def get_disambiguator(self) -> str:
        """Return what tells functions of one name apart."""
        return str(self._line)

    @classmethod
    def from_function(cls, function: Callable[..., Any], path: str) -> Self | None:
        """Return a locator for functions of this folder, None for all others."""
        return cls(path, function.__code__.co_firstlineno) if Path(path).parent == _HERE else None
