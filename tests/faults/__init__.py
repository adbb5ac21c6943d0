"""Faults that are really made: kills, servers that misbehave, disks that fill, backups put back."""
