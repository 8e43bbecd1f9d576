"""The simulated society: demo data and load, made through the public use cases in a time of its own."""
