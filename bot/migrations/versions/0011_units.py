"""the board of units reads its best from an index"""

from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_standing_round_id_unit_key', table_name='standing')
    op.create_index(
        'ix_standing_round_id_side_unit_key',
        'standing',
        ['round_id', 'side', 'unit', 'key', 'paper_id'],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index('ix_standing_round_id_side_unit_key', table_name='standing')
    op.create_index(
        'ix_standing_round_id_unit_key', 'standing', ['round_id', 'unit', 'key'], unique=False
    )
