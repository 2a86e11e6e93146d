"""Syntax: a libcst parse lowered once to a slim tree that analyses read and caches keep."""
