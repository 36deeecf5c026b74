"""The blind call: what a detector is shown, the process that it runs in, and its answer."""
