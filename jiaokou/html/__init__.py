"""Executed notebooks as self-contained pages."""
