"""The use cases of requests: asking, proof, view, carrying out, handing out what was asked for."""
