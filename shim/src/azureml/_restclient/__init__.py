"""Private modules of v1 that scripts import all the same."""
