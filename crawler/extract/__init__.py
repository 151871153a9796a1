"""From a kept page to its text, outside the reactor."""
