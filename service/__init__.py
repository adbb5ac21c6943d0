"""Kallelse: the clerk of a collaboration network, by mail."""
