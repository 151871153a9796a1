"""One module a kind of fault; each has `ROWS`, the behaviours it describes."""
