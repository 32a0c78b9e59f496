"""the organisers' desk: chats taken over, questions handed on, changed content"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contentedit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('base', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('approved_by', sa.String(), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contentedit')),
    sa.UniqueConstraint('kind', 'name', 'version', name=op.f('uq_contentedit_kind_name_version'))
    )
    with op.batch_alter_table('contentedit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contentedit_state'), ['state'], unique=False)

    op.create_table('handed',
    sa.Column('question', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('question', name=op.f('pk_handed'))
    )
    op.create_table('handoff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lane', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_handoff_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoff'))
    )
    with op.batch_alter_table('handoff', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handoff_lane'), ['lane'], unique=False)
        batch_op.create_index(batch_op.f('ix_handoff_person_id'), ['person_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('handoff', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handoff_person_id'))
        batch_op.drop_index(batch_op.f('ix_handoff_lane'))

    op.drop_table('handoff')
    op.drop_table('handed')
    with op.batch_alter_table('contentedit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contentedit_state'))

    op.drop_table('contentedit')
