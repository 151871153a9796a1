"""What the ledger says, put together for people and for other programs."""
