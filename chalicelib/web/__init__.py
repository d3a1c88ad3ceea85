"""What all HTTP functions share: contract, reading, answering. It knows no capability."""
