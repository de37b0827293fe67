"""From notebooks to briefings: parameters, runs, pages, editions."""
