"""The API, the scheduler, the Studio's pages, and the one file that wires them."""
