"""units reminded of what they owe, and who is told for them"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('urge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('called_by', sa.String(), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_urge')),
    sa.UniqueConstraint('unit', 'last', 'step', name=op.f('uq_urge_unit_last_step'))
    )
    op.create_table('unitcontact',
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('organiser_id', sa.Integer(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ['organiser_id'], ['organiser.id'], name=op.f('fk_unitcontact_organiser_id')
    ),
    sa.PrimaryKeyConstraint('unit', name=op.f('pk_unitcontact'))
    )


def downgrade() -> None:
    op.drop_table('unitcontact')
    op.drop_table('urge')
