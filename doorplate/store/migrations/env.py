"""What Alembic runs: inside the transaction that `doorplate.store.migrate` has opened and locked."""

from alembic import context
from geoalchemy2 import alembic_helpers

from doorplate.store.migrations.compare import ours
from doorplate.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, include_object=ours,
                  render_item=alembic_helpers.render_item, process_revision_directives=alembic_helpers.writer)
context.run_migrations()
