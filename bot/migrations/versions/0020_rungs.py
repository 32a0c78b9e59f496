"""how many stand on each rung of a board"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rung',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('rung', sa.String(), nullable=False),
    sa.Column('many', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_rung_round_id')),
    sa.PrimaryKeyConstraint('round_id', 'rung', name=op.f('pk_rung'))
    )
    op.execute(
        "INSERT INTO rung (round_id, rung, many) "
        "SELECT standing.round_id, substr(standing.key, 1, 11), count(*) FROM standing "
        "JOIN round ON round.id = standing.round_id "
        "WHERE standing.side = 'players' AND round.mode = 'self' "
        "GROUP BY standing.round_id, substr(standing.key, 1, 11)"
    )


def downgrade() -> None:
    op.drop_table('rung')
