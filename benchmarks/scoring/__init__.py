"""From answers and the truth to figures: metrics, thresholds, labels, and the score of a dataset."""
