"""What JupyterLab shows: a search, one number and all about it, the explorer."""
