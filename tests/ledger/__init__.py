"""The ledger on real files and real servers."""
