"""requests by law, alerts"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alert',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_alert'))
    )
    op.create_table('privacyrequest',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacyrequest'))
    )
    with op.batch_alter_table('privacyrequest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_privacyrequest_done_at'), ['done_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('privacyrequest', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_privacyrequest_done_at'))

    op.drop_table('privacyrequest')
    op.drop_table('alert')
