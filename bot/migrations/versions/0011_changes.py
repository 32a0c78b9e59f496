"""which changes of events people were told of"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('eventedit', sa.Column('told_at', sa.DateTime(timezone=True), nullable=True))
    # What was changed before anybody was told is no news.
    op.execute('UPDATE eventedit SET told_at = at')


def downgrade() -> None:
    with op.batch_alter_table('eventedit', schema=None) as batch_op:
        batch_op.drop_column('told_at')
