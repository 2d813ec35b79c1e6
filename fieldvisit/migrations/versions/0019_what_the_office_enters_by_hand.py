"""What the office enters by hand for the monthly reports."""

import sqlalchemy as sa
from alembic import op
import fieldvisit.database

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table('hand_figure',
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('petitions', sa.Integer(), nullable=True),
    sa.Column('agency', sa.Integer(), nullable=True),
    sa.Column('updated_by', sa.Integer(), nullable=False),
    sa.Column('updated_at', fieldvisit.database.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['county_code'], ['division.code'], name=op.f('fk_hand_figure_county_code_division')),
    sa.ForeignKeyConstraint(['updated_by'], ['cadre.id'], name=op.f('fk_hand_figure_updated_by_cadre')),
    sa.PrimaryKeyConstraint('county_code', 'month', name=op.f('pk_hand_figure'))
    )
    op.create_table('report_setting',
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('resolved_tenths', sa.Integer(), nullable=False),
    sa.Column('partly_resolved_tenths', sa.Integer(), nullable=False),
    sa.Column('unresolved_tenths', sa.Integer(), nullable=False),
    sa.Column('basis', sa.Enum('unresolved', 'overdue', name='basis', native_enum=False, length=24), nullable=False),
    sa.Column('updated_by', sa.Integer(), nullable=False),
    sa.Column('updated_at', fieldvisit.database.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['county_code'], ['division.code'], name=op.f('fk_report_setting_county_code_division')),
    sa.ForeignKeyConstraint(['updated_by'], ['cadre.id'], name=op.f('fk_report_setting_updated_by_cadre')),
    sa.PrimaryKeyConstraint('county_code', name=op.f('pk_report_setting'))
    )
    op.create_table('theme',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('county_code', sa.String(length=12), nullable=False),
    sa.Column('town_code', sa.String(length=12), nullable=True),
    sa.Column('domain', sa.String(length=24), nullable=False),
    sa.Column('opened_month', sa.Date(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('settled_month', sa.Date(), nullable=True),
    sa.Column('settled_words', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_at', fieldvisit.database.UtcDateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['county_code'], ['division.code'], name=op.f('fk_theme_county_code_division')),
    sa.ForeignKeyConstraint(['made_by'], ['cadre.id'], name=op.f('fk_theme_made_by_cadre')),
    sa.ForeignKeyConstraint(['town_code'], ['division.code'], name=op.f('fk_theme_town_code_division')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_theme'))
    )
    op.create_index('ix_theme_county_code_theme_settled_month', 'theme', ['county_code', 'settled_month'])


def downgrade() -> None:
    op.drop_index('ix_theme_county_code_theme_settled_month', 'theme')
    op.drop_table('theme')
    op.drop_table('report_setting')
    op.drop_table('hand_figure')
