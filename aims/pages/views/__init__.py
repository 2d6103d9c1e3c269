"""The views of the pages, one module per family."""
