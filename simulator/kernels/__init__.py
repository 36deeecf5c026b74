"""Compiled kernels: arrays in, arrays out, no I/O. Importing this package sets the compiler's cache.

numba's own cache does not notice an edit in a callee's file and fails on a read-only install, so the
cache is a folder named by the digest of all kernel sources, in the user's cache or a temporary folder.
"""

import hashlib
import os
import tempfile
from pathlib import Path

import numba


def _digest_of_sources() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _choose_cache_folder() -> str:
    base = os.environ.get("SMEARBENCH_CACHE") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(base) / "smearbench" / f"kernels-{_digest_of_sources()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)
    except OSError:
        return tempfile.mkdtemp(prefix="smearbench-kernels-")


# Passive waiting: active spinning of idle threads made two-thread loops 30-60 times slower on a busy machine.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
if "NUMBA_CACHE_DIR" not in os.environ:
    numba.config.CACHE_DIR = _choose_cache_folder()  # type: ignore[attr-defined]
