"""The platform under attack, over HTTP."""
