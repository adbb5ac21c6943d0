"""How fast the service works and how much it takes: `make bench`."""
