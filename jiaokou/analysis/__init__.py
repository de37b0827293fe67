"""What follows from the observations, and what they say about each other."""
