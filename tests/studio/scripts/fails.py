"""End badly, on a line one can find."""


def divide(value: int) -> float:
    """Divide by nothing."""
    return value / 0


print("about to fail")
divide(1)
