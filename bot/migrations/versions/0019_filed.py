"""events as their file was accepted

"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('filedevent',
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('mark', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('event', name=op.f('pk_filedevent'))
    )


def downgrade() -> None:
    op.drop_table('filedevent')
