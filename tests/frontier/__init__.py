"""The frontier: what is queued, handed out, acknowledged, and asked for again."""
