"""The use cases of requests: asking, following, carrying out, handing out what was asked for."""
