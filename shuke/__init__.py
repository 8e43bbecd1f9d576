"""Shuke 熟客: a social-commerce platform in which goods travel along people who trust each other."""

__version__ = "0.1.0"
