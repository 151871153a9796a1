"""The audit's parts."""
