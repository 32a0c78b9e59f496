"""questions counted by day, reports of units"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('asked',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('entry', sa.String(), nullable=False),
    sa.Column('hamlet', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asked'))
    )
    with op.batch_alter_table('asked', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asked_day'), ['day'], unique=False)

    op.create_table('askedtally',
    sa.Column('part', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('part', 'day', 'name', name=op.f('pk_askedtally')),
    sqlite_with_rowid=False
    )


def downgrade() -> None:
    op.drop_table('askedtally')
    with op.batch_alter_table('asked', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asked_day'))

    op.drop_table('asked')
