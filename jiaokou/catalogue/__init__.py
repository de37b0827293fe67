"""Many data packages together: which there are, one frame of all, and what may be compared."""
