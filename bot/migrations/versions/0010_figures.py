"""questions counted by day, reports of units"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('asked',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('entry', sa.String(), nullable=False),
    sa.Column('hamlet', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asked'))
    )
    with op.batch_alter_table('asked', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_asked_day'), ['day'], unique=False)

    op.create_table('askedtally',
    sa.Column('part', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('part', 'day', 'name', name=op.f('pk_askedtally')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('askedtally', schema=None) as batch_op:
        batch_op.create_index('ix_askedtally_part_name_day', ['part', 'name', 'day'], unique=False)

    op.create_index('ix_person_hamlet', 'person', ['hamlet'], unique=False)

    op.create_index('ix_unanswered_state_asked_at_why', 'unanswered', ['state', 'asked_at', 'why'], unique=False)

    op.create_table('unitreport',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('link_hash', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unitreport')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_unitreport_link_hash')),
    sa.UniqueConstraint('year', 'unit', name=op.f('uq_unitreport_year_unit'))
    )
    op.create_table('unitresult',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('activity', sa.String(), nullable=False),
    sa.Column('done', sa.String(), nullable=False),
    sa.Column('times', sa.BigInteger(), nullable=True),
    sa.Column('people', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['report_id'], ['unitreport.id'], name=op.f('fk_unitresult_report_id_unitreport')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unitresult')),
    sa.UniqueConstraint('report_id', 'activity', name=op.f('uq_unitresult_report_id_activity'))
    )


def downgrade() -> None:
    op.drop_table('unitresult')
    op.drop_table('unitreport')
    op.drop_index('ix_unanswered_state_asked_at_why', table_name='unanswered')

    op.drop_index('ix_person_hamlet', table_name='person')

    with op.batch_alter_table('askedtally', schema=None) as batch_op:
        batch_op.drop_index('ix_askedtally_part_name_day')

    op.drop_table('askedtally')
    with op.batch_alter_table('asked', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_asked_day'))

    op.drop_table('asked')
