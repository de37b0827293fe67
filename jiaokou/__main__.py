"""``python -m jiaokou`` is the command ``jiaokou``."""

from jiaokou.cli.main import main

if __name__ == "__main__":
    main()
