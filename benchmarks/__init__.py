"""From a labelled dataset to a verdict on detectors."""
