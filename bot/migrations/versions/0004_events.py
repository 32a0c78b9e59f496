"""events, plan, codes of notices"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('estimate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_estimate')),
    sa.UniqueConstraint('activity', 'unit', 'item', name=op.f('uq_estimate_activity_unit_item'))
    )
    op.create_table('eventedit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_eventedit')),
    sa.UniqueConstraint('event', 'version', name=op.f('uq_eventedit_event_version'))
    )
    op.create_table('noticecode',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('issued_by', sa.String(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_noticecode')),
    sa.UniqueConstraint('subject', name=op.f('uq_noticecode_subject'))
    )
    op.create_table('planedit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity', sa.String(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('due', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planedit'))
    )
    with op.batch_alter_table('planedit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_planedit_activity'), ['activity'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('planedit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_planedit_activity'))

    op.drop_table('planedit')
    op.drop_table('noticecode')
    op.drop_table('eventedit')
    op.drop_table('estimate')
