"""Notebooks run through papermill and nbclient, in kernels that are ready at once."""
