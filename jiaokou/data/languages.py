"""The languages of pages, charts and tables."""

LANGUAGES = ("zh", "en")
"""Their codes, in the house's order; what depends on them is in `jiaokou.wording`."""
