"""which changes of events people were told of, copies of notices for groups"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('eventedit', sa.Column('told_at', sa.DateTime(timezone=True), nullable=True))
    # What was changed before anybody was told is no news.
    op.execute('UPDATE eventedit SET told_at = at')
    op.create_table('groupcopy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('outbox_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_groupcopy_notice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_groupcopy')),
    sa.UniqueConstraint('notice_id', 'group_id', name=op.f('uq_groupcopy_notice_id_group_id'))
    )


def downgrade() -> None:
    op.drop_table('groupcopy')
    with op.batch_alter_table('eventedit', schema=None) as batch_op:
        batch_op.drop_column('told_at')
