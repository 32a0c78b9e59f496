"""links that give people the file of their data, once"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('datalink',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_datalink_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_datalink')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_datalink_token_hash'))
    )
    op.create_index(op.f('ix_datalink_person_id'), 'datalink', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_datalink_person_id'), table_name='datalink')
    op.drop_table('datalink')
