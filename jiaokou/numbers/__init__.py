"""The numbers behind printed characters: value, qualifier, bounds, and exact interval arithmetic."""
