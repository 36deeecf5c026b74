"""Takes alerts of a team's own pipeline in, over HTTP on loopback or by hand, and keeps each on the disk."""
