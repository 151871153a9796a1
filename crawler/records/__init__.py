"""PURE: what Heed writes and what its components hand to one another, as frozen values."""
