"""Alert rules over history: five-minute series of what a platform shows, rules on them, scored by waves."""
