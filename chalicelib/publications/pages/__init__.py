"""The desk's pages of notices: values in, HTML out."""
