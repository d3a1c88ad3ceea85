"""The kernel of all HTTP functions: contract, reading, answering. It knows no capability."""
