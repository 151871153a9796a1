"""What sites said and what was decided, kept: one database a project, append-only."""
