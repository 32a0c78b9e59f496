"""weeks of thôn summed up; indexes that hold all that is counted of a notice, of a unit"""

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

UNITS = 'ix_standing_round_id_side_unit_key'
TALLY = sa.table(
    'askedtally',
    sa.column('part', sa.String()),
    sa.column('day', sa.Date()),
    sa.column('name', sa.String()),
    sa.column('count', sa.Integer()),
)
COLUMNS = ['round_id', 'side', 'unit', 'key', 'paper_id']


def upgrade() -> None:
    op.create_index(
        'ix_recipient_notice_id_state',
        'recipient',
        ['notice_id', 'state', 'reason', 'channel'],
        unique=False,
    )
    op.drop_index(UNITS, table_name='standing')
    op.create_index(UNITS, 'standing', [*COLUMNS, 'right', 'answered'], unique=False)
    counts: Counter = Counter()
    days = sa.select(TALLY.c.day, TALLY.c.name, TALLY.c['count']).where(TALLY.c.part == 'hamlet')
    for day, name, count in op.get_bind().execute(days):
        counts[day - timedelta(days=day.weekday()), name] += count
    rows = [
        {'part': 'hamlet/week', 'day': day, 'name': name, 'count': count}
        for (day, name), count in counts.items()
    ]
    op.bulk_insert(TALLY, rows)


def downgrade() -> None:
    op.execute(sa.delete(TALLY).where(TALLY.c.part == 'hamlet/week'))
    op.drop_index(UNITS, table_name='standing')
    op.create_index(UNITS, 'standing', COLUMNS, unique=False)
    op.drop_index('ix_recipient_notice_id_state', table_name='recipient')
