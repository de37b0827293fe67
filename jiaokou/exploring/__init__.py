"""What a hand at a prompt or in a notebook cell asks for: one number and all about it, a search, a check."""
