"""What a meeting network is: frozen values and plain functions.

No clock, no file, no server: whatever happens here can be asked again with
the same values and gives the same answer.
"""
