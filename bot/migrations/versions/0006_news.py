"""news, groups that subscribe"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('story',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('link', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_story')),
    sa.UniqueConstraint('link', name=op.f('uq_story_link'))
    )
    with op.batch_alter_table('story', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_story_published_at'), ['published_at'], unique=False)

    op.create_table('groupsub',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('chat', sa.String(), nullable=False),
    sa.Column('hamlet', sa.String(), nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('a_day', sa.Integer(), nullable=False),
    sa.Column('sent_on', sa.Date(), nullable=True),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['confirmed_by'], ['person.id'], name=op.f('fk_groupsub_confirmed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_groupsub')),
    sa.UniqueConstraint('channel', 'chat', name=op.f('uq_groupsub_channel_chat'))
    )
    with op.batch_alter_table('groupsub', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_groupsub_confirmed_by'), ['confirmed_by'], unique=False)

    op.create_table('reader',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('weekly', sa.Boolean(), nullable=False),
    sa.Column('sent_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_reader_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_reader'))
    )
    with op.batch_alter_table('reader', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reader_weekly'), ['weekly'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('reader', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reader_weekly'))

    op.drop_table('reader')
    with op.batch_alter_table('groupsub', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_groupsub_confirmed_by'))

    op.drop_table('groupsub')
    with op.batch_alter_table('story', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_story_published_at'))

    op.drop_table('story')
