"""Messages that people write: to support, as feedback, in surveys and contests."""
