"""Text to data package: candidates drafted by rules, decided by a reviewer, applied to the package's tables."""
