"""`fieldvisit user`: accounts from the command line, for the first administrator and for emergencies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fieldvisit.accounts.models import Cadre

ROLES = ("cadre", "supervisor", "handler", "office", "administrator")


PROBLEMS = {
    ("user_name", "malformed"): "--user-name must begin with a letter and have 3 to 32 of a-z, 0-9 and . _ -",
    ("user_name", "taken"): "--user-name is taken by somebody else. See: fieldvisit user list",
    ("name", "missing"): "--name must not be empty.",
    ("name", "malformed"): "--name is too long (40 characters) or has control characters.",
    ("phone", "missing"): "--phone is needed for the role cadre: it stands on the contact card.",
    ("phone", "malformed"): "--phone must be a mobile number (11 digits) or a landline with its area code.",
    ("phone", "taken"): "--phone belongs to somebody else. See: fieldvisit user list",
    ("unit_id", "unknown"): "--unit is deactivated.",
}


@click.group()
def user() -> None:
    """People who may sign in."""


@contextmanager
def _writing() -> Iterator[None]:
    """Give a command the application; a refusal becomes its one error line."""
    from fieldvisit.cli import application
    from fieldvisit.errors import Refused

    try:
        with application():
            yield
    except Refused as refusal:
        raise click.ClickException(refusal.message) from refusal


@user.command()
@click.option("--user-name", required=True, help="Name to sign in with: a letter, then letters, digits and . _ -")
@click.option("--name", required=True, help="The person's name.")
@click.option("--unit", required=True, help="Name of their unit. The very first user's unit is made.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be repeated.")
@click.option("--phone", default="", help="Phone number; a cadre needs one, it stands on the contact card.")
def add(user_name: str, name: str, unit: str, roles: tuple[str, ...], phone: str) -> None:
    """Add a person and print their one-time password.

    \b
    Examples:
      fieldvisit user add --user-name admin --name 管理员 --unit 区委社会工作部 --role administrator
      fieldvisit user add --user-name wangmin --name 王敏 --unit 区市场监管局 \\
          --role cadre --role supervisor --phone 13805530001
    """
    from fieldvisit.accounts import administration, passwords
    from fieldvisit.accounts.models import Role
    from fieldvisit.extensions import db

    # Slow, so before the transaction.
    password = passwords.one_time_password()
    password_hash = passwords.hash_password(password)
    with _writing():
        entered = administration.Particulars(
            user_name, name, phone, _unit_id(unit), frozenset(Role(role) for role in roles)
        )
        for field, problem in administration.problems(entered).items():
            raise click.ClickException(PROBLEMS[field, problem.value])
        cadre = administration.add_cadre(None, entered, password_hash)
        db.session.commit()
        _print_password(cadre, password)


def _unit_id(name: str) -> int:
    from fieldvisit.organisation import actions, queries

    found = queries.unit_named(name)
    if found is None and queries.has_units():
        raise click.ClickException(f"No unit is called {name!r}. Add it on the page 单位与联系点 first.")
    return (found or actions.add_unit(None, name)).id


@user.command("reset-password")
@click.argument("login", metavar="NAME")
def reset_password(login: str) -> None:
    """Give a person a new one-time password and print it; signs them out everywhere.

    NAME is a user name or a phone number. Two-step sign-in is switched off.

    \b
    Example:
      fieldvisit user reset-password wangmin
    """
    from fieldvisit.accounts import administration, passwords
    from fieldvisit.extensions import db

    password = passwords.one_time_password()
    password_hash = passwords.hash_password(password)
    with _writing():
        cadre = _find(login)
        administration.reset_password(None, cadre, password_hash)
        administration.reset_two_step(None, cadre)
        db.session.commit()
        _print_password(cadre, password)


@user.command()
@click.argument("login", metavar="NAME")
def unlock(login: str) -> None:
    """Let a person sign in again who was locked after wrong passwords.

    NAME is a user name or a phone number.

    \b
    Example:
      fieldvisit user unlock wangmin
    """
    from fieldvisit.accounts import administration
    from fieldvisit.extensions import db

    with _writing():
        cadre = _find(login)
        administration.unlock(None, cadre)
        db.session.commit()
        click.echo(f"{cadre.user_name} may sign in again.")


@user.command("list")
def list_users() -> None:
    """List everybody who has an account, tab-separated: user name, name, unit, roles, state.

    \b
    Example:
      fieldvisit user list
    """
    from fieldvisit import clock
    from fieldvisit.accounts import queries

    with _writing():
        for cadre, unit_name in queries.everybody():
            state = "active" if cadre.active else "deactivated"
            if cadre.locked_until is not None and cadre.locked_until > clock.now():
                state = f"locked until {clock.local(cadre.locked_until):%Y-%m-%d %H:%M}"
            click.echo("\t".join((cadre.user_name, cadre.name, unit_name, ",".join(sorted(cadre.roles)), state)))


def _find(login: str) -> Cadre:
    from fieldvisit.accounts import queries, rules

    cadre = queries.cadre_by_login(rules.normal_login(login))
    if cadre is None:
        raise click.ClickException(f"Nobody has the user name or phone number {login!r}. See: fieldvisit user list")
    return cadre


def _print_password(cadre: Cadre, password: str) -> None:
    click.echo(f"One-time password of {cadre.user_name}: {password}")
    click.echo("It must be changed at the first sign-in; it is shown only now.")
