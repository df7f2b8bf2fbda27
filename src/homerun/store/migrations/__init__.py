"""How a data folder of an older homerun becomes one of this. Imports Alembic: load it late."""
