"""community digital teams, their members and visits; those they sign up for events"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('helpteam',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('hamlet', sa.String(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_helpteam'))
    )
    op.create_table('helpmember',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('code_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_helpmember_person_id')),
    sa.ForeignKeyConstraint(['team_id'], ['helpteam.id'], name=op.f('fk_helpmember_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_helpmember')),
    sa.UniqueConstraint('person_id', name=op.f('uq_helpmember_person_id'))
    )
    op.create_index(op.f('ix_helpmember_code_hash'), 'helpmember', ['code_hash'], unique=False)
    op.create_index(op.f('ix_helpmember_team_id'), 'helpmember', ['team_id'], unique=False)
    op.create_table('helpvisit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('lane', sa.String(), nullable=False),
    sa.Column('hamlet', sa.String(), nullable=False),
    sa.Column('consent', sa.Boolean(), nullable=False),
    sa.Column('wording', sa.String(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('passed_on', sa.Integer(), nullable=False),
    sa.Column('registered', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_helpvisit_person_id')),
    sa.ForeignKeyConstraint(['team_id'], ['helpteam.id'], name=op.f('fk_helpvisit_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_helpvisit')),
    sa.UniqueConstraint('key', name=op.f('uq_helpvisit_key'))
    )
    for column in ('person_id', 'started_at', 'team_id'):
        op.create_index(op.f(f'ix_helpvisit_{column}'), 'helpvisit', [column], unique=False)
    op.create_table('helpedrsvp',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occurrence', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_helpedrsvp_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_helpedrsvp'))
    )
    for column in ('occurrence', 'person_id'):
        op.create_index(op.f(f'ix_helpedrsvp_{column}'), 'helpedrsvp', [column], unique=False)
    op.add_column('chat', sa.Column('visit', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.drop_column('visit')
    for table in ('helpedrsvp', 'helpvisit', 'helpmember', 'helpteam'):
        op.drop_table(table)
