"""The real world: one module for each thing outside our control."""
