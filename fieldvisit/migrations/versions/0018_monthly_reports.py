"""Monthly reports. The database itself refuses to change or delete one that was issued."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

SQLITE = """
CREATE TRIGGER monthly_report_no_{word} BEFORE {word} ON monthly_report WHEN OLD.issued_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an issued report never changes'); END
"""
POSTGRESQL = """
CREATE FUNCTION monthly_report_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'an issued report never changes'; END $$;
CREATE TRIGGER monthly_report_no_change BEFORE UPDATE OR DELETE ON monthly_report
    FOR EACH ROW WHEN (OLD.issued_at IS NOT NULL) EXECUTE FUNCTION monthly_report_refuse();
CREATE TRIGGER monthly_report_no_truncate BEFORE TRUNCATE ON monthly_report
    FOR EACH STATEMENT EXECUTE FUNCTION monthly_report_refuse();
"""
BEFORE = "ix_concern_county_code_concern_registered_on_concern_domain_concern_village_code"
MONTH = ["county_code", "registered_on", "domain", "village_code"]
# What was corrected or reopened is looked for by the time of the step; few steps are of these kinds.
CHANGING = "step IN ('correct', 'redo')"


def upgrade() -> None:
    op.create_table(
        "monthly_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=12), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=True),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("written", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("items", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["county_code"], ["division.code"], name="fk_monthly_report_county_code_division"),
        sa.ForeignKeyConstraint(["issued_by"], ["cadre.id"], name="fk_monthly_report_issued_by_cadre"),
        sa.PrimaryKeyConstraint("id", name="pk_monthly_report"),
        sa.UniqueConstraint("county_code", "month", name="uq_monthly_report_county_code_month"),
    )
    op.create_table(
        "report_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("concern_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("cadre_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["monthly_report.id"], name="fk_report_correction_report_id_monthly_report"),
        sa.ForeignKeyConstraint(["concern_id"], ["concern.id"], name="fk_report_correction_concern_id_concern"),
        sa.ForeignKeyConstraint(["cadre_id"], ["cadre.id"], name="fk_report_correction_cadre_id_cadre"),
        sa.PrimaryKeyConstraint("id", name="pk_report_correction"),
        sa.UniqueConstraint("report_id", "concern_id", "field", name="uq_report_correction_report_id_concern_id_field"),
    )
    # A month's numbers are counted in indexes alone.
    op.drop_index(op.f(BEFORE), "concern")
    op.create_index("ix_concern_received", "concern", [*MONTH, "restricted"])
    op.create_index("ix_concern_ended", "concern", ["county_code", "closed_on", "outcome", "restricted"])
    op.create_index("ix_commitment_due_on", "commitment", ["due_on"])
    op.create_index(
        "ix_concern_step_changing",
        "concern_step",
        ["at"],
        sqlite_where=sa.text(CHANGING),
        postgresql_where=sa.text(CHANGING),
    )
    if op.get_bind().dialect.name == "sqlite":
        for word in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(word=word))
    else:
        op.execute(POSTGRESQL)


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION monthly_report_refuse() CASCADE")
    op.drop_index("ix_concern_step_changing", "concern_step")
    op.drop_index("ix_commitment_due_on", "commitment")
    op.drop_index("ix_concern_ended", "concern")
    op.drop_index("ix_concern_received", "concern")
    op.create_index(op.f(BEFORE), "concern", MONTH)
    op.drop_table("report_correction")
    op.drop_table("monthly_report")
