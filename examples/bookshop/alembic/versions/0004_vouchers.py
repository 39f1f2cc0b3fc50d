"""Vouchers, and how to reach a supplier.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vouchers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("cents > 0", name="ck_vouchers_cents_positive"),
        sa.PrimaryKeyConstraint("id", name="pk_vouchers"),
        sa.UniqueConstraint("code", name="uq_vouchers_code"),
    )
    op.add_column("suppliers", sa.Column("api_key", sa.String(length=64), nullable=True))
    op.add_column("suppliers", sa.Column("phone1", sa.String(length=30), nullable=True))
    op.add_column("suppliers", sa.Column("phone2", sa.String(length=30), nullable=True))
    op.add_column("suppliers", sa.Column("phone3", sa.String(length=30), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("suppliers") as batch:
        batch.drop_column("phone3")
        batch.drop_column("phone2")
        batch.drop_column("phone1")
        batch.drop_column("api_key")
    op.drop_table("vouchers")
