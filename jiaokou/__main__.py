"""``python -m jiaokou`` is the command ``jiaokou``."""

from jiaokou.cli.main import main

if __name__ == "__main__":
    try:
        main()
    finally:
        # An interrupt on its way through an `exec`, as there are in many imports, makes Python end `-m` by the signal
        # (status -2 instead of 130), whatever was made of it, unless the latest `exec` ended otherwise.
        exec("")
