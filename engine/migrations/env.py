"""Alembic's entry: migrates the database that Storage.prepare hands over, one process at a time."""

from alembic import context

from engine.storage import metadata

LOCK = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(hashtext('voronka:prepare'))"}

with context.config.attributes["engine"].connect() as connection:
    connection.exec_driver_sql(LOCK[connection.dialect.name])
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
