"""who comes, who came, questions and what was learned"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occurrence', sa.String(), nullable=False),
    sa.Column('person_key', sa.String(), nullable=False),
    sa.Column('hamlet', sa.String(), nullable=False),
    sa.Column('how', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('occurrence', 'person_key', name=op.f('uq_attendance_occurrence_person_key'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendance_person_key'), ['person_key'], unique=False)

    op.create_table('talk',
    sa.Column('occurrence', sa.String(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('questions', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('occurrence', name=op.f('pk_talk')),
    sa.UniqueConstraint('code', name=op.f('uq_talk_code'))
    )
    op.create_table('talkanswer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occurrence', sa.String(), nullable=False),
    sa.Column('person_key', sa.String(), nullable=False),
    sa.Column('phase', sa.String(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('choice', sa.Integer(), nullable=False),
    sa.Column('is_right', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_talkanswer')),
    sa.UniqueConstraint('occurrence', 'person_key', 'phase', 'question', name=op.f('uq_talkanswer_occurrence_person_key_phase_question'))
    )
    with op.batch_alter_table('talkanswer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_talkanswer_person_key'), ['person_key'], unique=False)

    op.create_table('rsvp',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occurrence', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('choice', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_rsvp_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rsvp')),
    sa.UniqueConstraint('occurrence', 'person_id', name=op.f('uq_rsvp_occurrence_person_id'))
    )
    with op.batch_alter_table('rsvp', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rsvp_person_id'), ['person_id'], unique=False)

    op.create_table('talkquestion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occurrence', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('hidden', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_talkquestion_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_talkquestion')),
    sa.UniqueConstraint('occurrence', 'person_id', 'text', name=op.f('uq_talkquestion_occurrence_person_id_text'))
    )
    with op.batch_alter_table('talkquestion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_talkquestion_occurrence'), ['occurrence'], unique=False)
        batch_op.create_index(batch_op.f('ix_talkquestion_person_id'), ['person_id'], unique=False)

    op.create_table('talkvote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_talkvote_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_talkvote')),
    sa.UniqueConstraint('question', 'person_id', name=op.f('uq_talkvote_question_person_id'))
    )
    with op.batch_alter_table('talkvote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_talkvote_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_talkvote_question'), ['question'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('talkvote', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_talkvote_question'))
        batch_op.drop_index(batch_op.f('ix_talkvote_person_id'))

    op.drop_table('talkvote')
    with op.batch_alter_table('talkquestion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_talkquestion_person_id'))
        batch_op.drop_index(batch_op.f('ix_talkquestion_occurrence'))

    op.drop_table('talkquestion')
    with op.batch_alter_table('rsvp', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rsvp_person_id'))

    op.drop_table('rsvp')
    with op.batch_alter_table('talkanswer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_talkanswer_person_key'))

    op.drop_table('talkanswer')
    op.drop_table('talk')
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attendance_person_key'))

    op.drop_table('attendance')
