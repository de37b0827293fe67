"""``python -m jiaokou`` is the command ``jiaokou``."""

from jiaokou.cli import main

if __name__ == "__main__":
    main()
