"""How a ledger comes from one schema to the next; run when it is opened (Alembic)."""
