"""Sends frequent calls to AWS: `calls` sends them, `client` takes the place of botocore's."""
