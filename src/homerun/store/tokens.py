"""Tokens and tickets: only their hashes are kept."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select

from homerun.schema.api import Ticket
from homerun.store.database import Database
from homerun.store.tables import tokens

TICKET = "ticket"
_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Token:
    """What a token allows: ``role`` is "user", "run", "agent" or "ticket"."""

    role: str
    run_id: str | None
    expires_ms: int | None


def hash_token(token: str) -> str:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Tokens:
    """Who may come in, by the hash of what they show."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def add(
        self, token_hash: str, role: str, run_id: str | None = None, expires_ms: int | None = None
    ) -> None:
        """Let the token with this hash in; one that is there takes the new role and end."""
        with self._database.write() as transaction:
            transaction.execute(delete(tokens).where(tokens.c.hash == token_hash))
            transaction.execute(
                insert(tokens).values(
                    hash=token_hash, role=role, run_id=run_id, expires_ms=expires_ms
                )
            )

    def find(self, token_hash: str) -> Token | None:
        """Look a token up by its hash; an expired one is none."""
        with self._database.read() as connection:
            row = connection.execute(
                select(tokens.c.role, tokens.c.run_id, tokens.c.expires_ms).where(
                    tokens.c.hash == token_hash,
                    or_(tokens.c.expires_ms.is_(None), tokens.c.expires_ms > self._now_ms()),
                )
            ).one_or_none()
        return None if row is None else Token(*row)

    def remove_for_run(self, run_id: str, *roles: str) -> None:
        """Let no token of these roles for this run in any more."""
        with self._database.write() as transaction:
            transaction.execute(
                delete(tokens).where(tokens.c.run_id == run_id, tokens.c.role.in_(roles))
            )

    def new_ticket(self) -> Ticket:
        """Make a way into the Studio for one day, as often as wanted; expired ones go."""
        ticket = Ticket(secrets.token_urlsafe(24), self._now_ms() + _DAY_MS)
        with self._database.write() as transaction:
            transaction.execute(delete(tokens).where(tokens.c.expires_ms <= self._now_ms()))
            transaction.execute(
                insert(tokens).values(
                    hash=hash_token(ticket.ticket), role=TICKET, expires_ms=ticket.expires_ms
                )
            )
        return ticket

    def is_ticket(self, ticket: str) -> bool:
        """Tell whether this is a ticket that still holds."""
        found = self.find(hash_token(ticket))
        return found is not None and found.role == TICKET
