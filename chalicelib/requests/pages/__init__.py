"""The pages of requests: values in, HTML out."""
