"""The desk's pages: values in, HTML out."""
