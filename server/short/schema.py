"""Tables of short links, their version, and the way from each version to the next."""

from collections.abc import Callable

import sqlalchemy as sql
from sqlalchemy.dialects.mysql import MEDIUMTEXT

from .names import WHOLE

TABLES = sql.MetaData()

#: A link, or what is left of one that was taken down: then `link` is null and `reason` is not.
LINKS = sql.Table(
    "short_links",
    TABLES,
    sql.Column("id", sql.String(WHOLE), primary_key=True),
    sql.Column("name", sql.String(WHOLE), nullable=False, unique=True),
    # MySQL's TEXT is one character too short.
    sql.Column("link", sql.Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")),
    # Seconds since 1970, UTC.
    sql.Column("created", sql.BigInteger, nullable=False),
    sql.Column("withdrawn", sql.BigInteger),
    sql.Column("reason", sql.String(200)),
)

#: `version` of these tables; `bytes` of all links, kept in the transaction that adds one.
FACTS = sql.Table(
    "short_links_facts",
    TABLES,
    sql.Column("fact", sql.String(20), primary_key=True),
    sql.Column("value", sql.BigInteger, nullable=False),
)

Step = Callable[[sql.Connection], None]


class NewerSchema(RuntimeError):
    """The database was written by a newer version of this program."""


def _tables(connection: sql.Connection) -> None:
    """0 -> 1: the two tables."""
    TABLES.create_all(connection)
    connection.execute(FACTS.insert(), [{"fact": "bytes", "value": 0}])


#: The step at place n leads from version n to n + 1. Add at the end; never change one.
STEPS: tuple[Step, ...] = (_tables,)


def migrate(connection: sql.Connection) -> None:
    """Brings the tables to the newest version, within the transaction of `connection`."""
    version, steps = _version(connection), STEPS
    if version > len(steps):
        raise NewerSchema(
            f"the database has version {version} of the tables of short links and this program "
            f"knows {len(steps)}: start the newer program, or export there and import here"
        )
    for step in steps[version:]:
        step(connection)
    if version < len(steps):
        connection.execute(FACTS.delete().where(FACTS.c.fact == "version"))
        connection.execute(FACTS.insert(), [{"fact": "version", "value": len(steps)}])


def _version(connection: sql.Connection) -> int:
    if not sql.inspect(connection).has_table(FACTS.name):
        return 0
    query = sql.select(FACTS.c.value).where(FACTS.c.fact == "version")
    return connection.execute(query).scalar() or 0
