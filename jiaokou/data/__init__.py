"""A data package and its tidy frames; the only reader of its files."""
