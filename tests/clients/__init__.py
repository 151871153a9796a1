"""The output, read by the programs it is meant for: `python -m tests.clients`."""
