"""The conformance suites: what every implementation of an interface has to pass."""
