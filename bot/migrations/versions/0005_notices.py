"""notices"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('lease',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('text_en', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('audience', sa.String(), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('about', sa.Integer(), nullable=True),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('approved_by', sa.String(), nullable=False),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('code_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cursor', sa.Integer(), nullable=False),
    sa.Column('filled', sa.Boolean(), nullable=False),
    sa.Column('resting', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_event'), ['event'], unique=False)

    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('text_en', sa.String(), nullable=False),
    sa.Column('audience', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('fired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder')),
    sa.UniqueConstraint('event', 'starts_at', 'minutes', name=op.f('uq_reminder_event_starts_at_minutes'))
    )
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reminder_due_at'), ['due_at'], unique=False)

    op.create_table('vapid',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('private_key', sa.String(), nullable=False),
    sa.Column('public_key', sa.String(), nullable=False),
    sa.Column('application_key', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vapid'))
    )
    op.create_table('interest',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_interest_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interest')),
    sa.UniqueConstraint('person_id', 'name', name=op.f('uq_interest_person_id_name'))
    )
    with op.batch_alter_table('interest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_interest_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_interest_person_id'), ['person_id'], unique=False)

    op.create_table('pairing_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('lane', sa.String(), nullable=False),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_pairing_code_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pairing_code'))
    )
    with op.batch_alter_table('pairing_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pairing_code_code_hash'), ['code_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_pairing_code_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_pairing_code_until'), ['until'], unique=False)

    op.create_table('pairing_try',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_pairing_try_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pairing_try'))
    )
    with op.batch_alter_table('pairing_try', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pairing_try_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_pairing_try_person_id'), ['person_id'], unique=False)

    op.create_table('recipient',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('outbox_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_recipient_notice_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recipient_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient')),
    sa.UniqueConstraint('notice_id', 'person_id', name=op.f('uq_recipient_notice_id_person_id'))
    )
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recipient_outbox_id'), ['outbox_id'], unique=False)
        batch_op.create_index('ix_recipient_person_id_state', ['person_id', 'state'], unique=False)

    op.create_table('subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('visitor', sa.String(), nullable=False),
    sa.Column('endpoint', sa.String(), nullable=False),
    sa.Column('p256dh', sa.String(), nullable=False),
    sa.Column('auth', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_subscription_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
    sa.UniqueConstraint('endpoint', name=op.f('uq_subscription_endpoint'))
    )
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_subscription_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_subscription_visitor'), ['visitor'], unique=False)

    # Not in batch mode: that would build the tables anew, under rows that point to them.
    op.add_column('outbox', sa.Column('edits', sa.Integer(), nullable=True))
    op.add_column('outbox', sa.Column('late', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('outbox', sa.Column('notice_id', sa.Integer(), nullable=True))
    op.create_index('ix_outbox_notice_id_state', 'outbox', ['notice_id', 'state'], unique=False, sqlite_where=sa.text('notice_id IS NOT NULL'), postgresql_where=sa.text('notice_id IS NOT NULL'))

    op.add_column('person', sa.Column('preferred', sa.String(), nullable=False, server_default=''))
    op.add_column('person', sa.Column('muted', sa.Boolean(), nullable=False, server_default=sa.false()))



def downgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('muted')
        batch_op.drop_column('preferred')

    with op.batch_alter_table('outbox', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_index('ix_outbox_notice_id_state', sqlite_where=sa.text('notice_id IS NOT NULL'), postgresql_where=sa.text('notice_id IS NOT NULL'))
        batch_op.drop_column('notice_id')
        batch_op.drop_column('late')
        batch_op.drop_column('edits')

    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_subscription_visitor'))
        batch_op.drop_index(batch_op.f('ix_subscription_person_id'))

    op.drop_table('subscription')
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.drop_index('ix_recipient_person_id_state')
        batch_op.drop_index(batch_op.f('ix_recipient_outbox_id'))

    op.drop_table('recipient')
    with op.batch_alter_table('pairing_try', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pairing_try_person_id'))
        batch_op.drop_index(batch_op.f('ix_pairing_try_at'))

    op.drop_table('pairing_try')
    with op.batch_alter_table('pairing_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pairing_code_until'))
        batch_op.drop_index(batch_op.f('ix_pairing_code_person_id'))
        batch_op.drop_index(batch_op.f('ix_pairing_code_code_hash'))

    op.drop_table('pairing_code')
    with op.batch_alter_table('interest', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_interest_person_id'))
        batch_op.drop_index(batch_op.f('ix_interest_name'))

    op.drop_table('interest')
    op.drop_table('vapid')
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reminder_due_at'))

    op.drop_table('reminder')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_event'))

    op.drop_table('notice')
    op.drop_table('lease')
