"""From the rows of a suite to a verdict: statistics over worlds, comparison, leaderboard and plots."""
