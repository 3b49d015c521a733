"""The open record's interfaces, made: a real HTTP server on loopback, and the way to it."""
