"""A rehearsal in fast time for people: a world whose truth is sealed plays, the team calls, and a reveal compares."""
