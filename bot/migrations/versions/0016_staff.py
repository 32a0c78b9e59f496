"""when sessions of the desk were last used; the audit read by person and by day"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('pass', sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_audit_actor_id', 'audit', ['actor', 'id'], unique=False)
    op.create_index('ix_audit_at', 'audit', ['at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_audit_at', table_name='audit')
    op.drop_index('ix_audit_actor_id', table_name='audit')
    with op.batch_alter_table('pass', schema=None) as batch_op:
        batch_op.drop_column('seen_at')
