"""The command ``jiaokou``."""
