"""Whether a detector keeps the protocol: the checks that a plug-in's author runs too."""
