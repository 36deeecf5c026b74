"""A detector that does not score but looks around: every obvious way to the truth, as class and as program.

It is copied into an author's working folder, beside a dataset, and tells what it saw in its failure.
"""

import gc
import json
import os
import sys
from pathlib import Path


def look():
    """Return by way what it led to: names, paths and texts."""
    return {name: list(map(str, way())) for name, way in WAYS.items()}


def walk(folder):
    return [os.path.join(place, name) for place, folders, names in os.walk(folder) for name in [*folders, *names]]


def list_names(folders):
    return [f"{folder}/{name}" for folder in folders if os.path.isdir(folder) for name in os.listdir(folder)]


def read_process(name):
    return Path("/proc/self", name).read_bytes().decode(errors="replace").split("\0")


def follow_open_files():
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue
    return found


def read_stdin_again():
    try:
        os.lseek(0, 0, os.SEEK_SET)
        return [os.read(0, 1 << 20).decode(errors="replace")]
    except OSError:
        return []


def read_frames():
    found, frame = [], sys._getframe()
    while frame:
        found += [repr(value)[:5000] for scope in (frame.f_locals, frame.f_globals) for value in list(scope.values())]
        found.append(frame.f_code.co_filename)
        frame = frame.f_back
    return found


def read_memory():
    """Return all texts that look like paths in whatever Python holds."""
    held = [inner for thing in gc.get_objects() for inner in gc.get_referents(thing)]
    return {str(inner) for inner in held if isinstance(inner, (str, Path)) and "/" in str(inner)[:300]}


WAYS = {
    "working folder": lambda: [os.getcwd(), os.environ.get("PWD", ""), *walk(".")],
    "parents": lambda: list_names([str(parent) for parent in Path.cwd().parents]),
    "sys.path": lambda: [*sys.path, *list_names(sys.path)],
    "module": lambda: [__file__, *walk(Path(__file__).parent)],
    "main module": lambda: [repr(value)[:5000] for value in vars(sys.modules["__main__"]).values()],
    "arguments": lambda: [*sys.argv, *sys.orig_argv, *read_process("cmdline")],
    "environment": lambda: [*os.environ.values(), *read_process("environ")],
    "home": lambda: [os.path.expanduser("~"), *walk(os.path.expanduser("~"))],
    "open files": follow_open_files,
    "maps": lambda: read_process("maps"),
    "stdin": read_stdin_again,
    "frames": read_frames,
    "memory": read_memory,
}


class Spy:
    """The spy as a class."""

    name, level = "spy", "account"

    def score(self, observations):
        found = look()
        found["observations"] = [repr(vars(observations)), json.dumps(observations.context)]
        found["observations"] += map(str, observations.files("posts"))
        raise ValueError(json.dumps(found))


if __name__ == "__main__":
    sys.exit(json.dumps(look()))
