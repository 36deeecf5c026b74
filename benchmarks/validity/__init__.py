"""Whether difficulty behaves: one line and one figure a question, from the committed results of suites."""
