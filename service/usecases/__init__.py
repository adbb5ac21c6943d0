"""What the service does, one verb a file; the world outside comes in as the office."""
