"""Rights of each role on each model: the checks that every addon of the suite shares.

An addon's ``tests/test_roles.py`` holds the tables. A new model is entered in
``RIGHTS``, with the letters of each role in the order of ``ROLES``; the test that
misses it prints the line as the access rows are now. A model that belongs to no company
is entered in ``SHARED`` with the reason, a button with the roles that may press it in
``ACTIONS``.
"""

import secrets

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger
from odoo.tools.sql import TableKind, table_kind
from psycopg2.extras import Json

VERBS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
BASE = "dist_connector_base."
#: In the order of the columns of the tables.
ROLES = {
    "user": "base.group_user",
    "auditor": BASE + "group_auditor",
    "operator": BASE + "group_operator",
    "reviewer": BASE + "group_reviewer",
    "manager": BASE + "group_manager",
    "credential": BASE + "group_credential_admin",
}
WORKERS = "operator reviewer manager"
DECIDERS = "reviewer manager"
EVERYBODY = " ".join(ROLES)
#: May see all there is, in one company.
EVERYTHING = (
    f"{BASE}group_manager,{BASE}group_credential_admin,base.group_multi_company"
)


def models_of(env, addon):
    """Give the models with a table that an addon brings."""
    return {
        name: model
        for name, model in env.registry.items()
        if name.startswith("dist.")
        and not model._abstract
        and model._original_module == addon
    }


class RolesMixin:
    """Checks of one addon's table; for a DistCase.

    :cvar addon: name of the addon
    :cvar rights: ``{model: letters per role}`` in the order of ``ROLES``
    :cvar shared: models that belong to no company, with the reason
    :cvar actions: ``{model: {button's method: roles that may press it}}``
    :cvar extra: columns that a bare row of a model needs beside the required ones
    """

    addon = ""
    rights: dict[str, tuple[str, ...]] = {}
    shared: dict[str, str] = {}
    actions: dict[str, dict[str, str]] = {}
    extra: dict[str, dict[str, object]] = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"as_{role}", groups=group)
            for role, group in ROLES.items()
        }

    def user(self, role):
        """Give the user with one role."""
        return self.users[role]

    # ------------------------------------------------------------------ rows

    def row(self, name, company):
        """Put a bare row of a model into a company; gives its id.

        By SQL: what a model asks for beyond its table is not the subject here.
        """
        model = self.env[name].sudo().with_company(company)
        values = {"create_uid": self.env.uid} if model._log_access else {}
        values |= self.extra.get(name, {})
        if name == "dist.backend":
            values["webhook_token"] = secrets.token_urlsafe()
        defaults = model.default_get(list(model._fields))
        for field in model._fields.values():
            if not field.store or not field.column_type or field.name == "id":
                continue
            if field.name == "company_id" or (
                field.comodel_name == "res.company" and field.type == "many2one"
            ):
                values[field.name] = company.id
            elif field.name in values:
                continue
            elif field.type == "many2one" and self._links(field):
                values[field.name] = self._row_once(field.comodel_name, company)
            elif field.required:
                values[field.name] = self._value(field, defaults)
        columns = SQL(", ").join(map(SQL.identifier, values))
        query = SQL(
            "INSERT INTO %s (%s) VALUES %s RETURNING id",
            SQL.identifier(model._table),
            columns,
            tuple(values.values()),
        )
        ((row_id,),) = self.env.execute_query(query)
        self.env.invalidate_all()
        return row_id

    def _has_table(self, name):
        """Say whether rows can be put into the model: not into a view."""
        kind = table_kind(self.env.cr, self.env[name]._table)
        return kind is TableKind.Regular

    def _links(self, field):
        """Say whether a reference leads to a record that the row belongs to."""
        return field.required or (
            field.comodel_name.startswith("dist.")
            and field.name in ("backend_id", "message_id")
        )

    def _row_once(self, name, company):
        """Give the company's row of a model that others refer to."""
        known = self._rows.setdefault(company.id, {})
        if name not in known:
            if name.startswith("dist."):
                known[name] = self.row(name, company)
            elif name == "stock.warehouse":
                domain = [("company_id", "=", company.id)]
                known[name] = self.env[name].search(domain, limit=1).id
            elif name == "res.users":
                known[name] = self.env.uid
            else:
                model = self.env[name].sudo()
                known[name] = model.search([], limit=1).id or self.row(name, company)
        return known[name]

    def _value(self, field, defaults):
        if field.translate:
            return Json({"en_US": "x"})
        if field.name in defaults:
            return field.convert_to_column(
                defaults[field.name], self.env[field.model_name]
            )
        if field.type == "selection":
            return field.get_values(self.env)[0]
        kinds = {"char": "x", "text": "x", "boolean": False}
        kinds |= {"date": "2026-01-31", "datetime": "2026-01-31 10:00:00"}
        kinds |= {"binary": b"x", "html": "x"}
        return kinds.get(field.type, 0)

    # ----------------------------------------------------------------- tests

    def test_every_model_of_the_addon_stands_in_the_table(self):
        models = models_of(self.env, self.addon)
        missing = sorted(set(models) - set(self.rights))
        self.assertFalse(
            missing,
            "Enter them with these rights, if they are meant:\n"
            + "\n".join(map(self.print_rights, missing)),
        )
        self.assertFalse(set(self.rights) - set(models), "no such model any more")

    def print_rights(self, name):
        """Give the line of a model as its access rows are now."""
        letters = []
        for user in self.users.values():
            model = self.env[name].with_user(user)
            letters.append("".join(c for c, v in VERBS.items() if model.has_access(v)))
        quoted = ", ".join(f'"{part}"' for part in letters)
        return f'    "{name}": ({quoted}),'

    def test_each_role_has_its_rights_and_no_more(self):
        for index, role in enumerate(ROLES):
            user = self.user(role)
            for name, columns in self.rights.items():
                model = self.env[name].with_user(user)
                had = "".join(c for c, v in VERBS.items() if model.has_access(v))
                with self.subTest(role=role, model=name):
                    self.assertEqual(had, columns[index])

    def test_two_companies_never_see_each_other(self):
        self._rows = {}
        ours = self.env["res.company"].create({"name": "Ours"})
        theirs = self.env["res.company"].create({"name": "Theirs"})
        users = {
            company: new_test_user(
                self.env,
                f"all_of_{company.id}",
                groups=EVERYTHING,
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )
            for company in (ours, theirs)
        }
        for name, cls in models_of(self.env, self.addon).items():
            if cls._transient or name in self.shared:
                continue
            with self.subTest(model=name):
                if not self._has_table(name):
                    self.assertTrue(self._company_rules(name), "no company rule")
                    continue
                row_id = self._row_once(name, ours)
                record = self.env[name].browse(row_id)
                if not record.with_user(users[ours]).has_access("read"):
                    self.assertFalse(
                        self.env[name].with_user(users[ours]).has_access("read"),
                        "its own company does not see it",
                    )
                    continue
                stranger = record.with_user(users[theirs])
                self.assertFalse(stranger.search([("id", "=", row_id)]))
                with self.assertRaises(AccessError):
                    stranger.read(["display_name"])

    def _company_rules(self, name):
        rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
        return rules.filtered(
            lambda rule: rule["global"] and "company" in rule.domain_force
        )

    def test_every_button_stands_in_the_table_with_who_may_press_it(self):
        for name, model in self.env.registry.items():
            if name.startswith("dist.") and not model._abstract:
                with self.subTest(model=name):
                    self.assertEqual(
                        self.buttons(model), sorted(self.actions.get(name, {}))
                    )

    def buttons(self, model):
        """Give the methods behind buttons that this addon brings to a model.

        Those that open something only read, and ``read`` has its own test.
        """
        return sorted(
            {
                method
                for base in model.__mro__
                if f"addons.{self.addon}." in base.__module__
                and vars(base).get("_name") == model._name
                for method in vars(base)
                if method.startswith("action_") and not method.startswith("action_open")
            }
        )

    def test_who_may_not_press_a_button_is_refused_by_the_server(self):
        self._rows = {}
        for role in ROLES:
            user = self.user(role)
            for name, methods in self.actions.items():
                for method, allowed in methods.items():
                    if role in allowed.split():
                        continue
                    with self.subTest(role=role, model=name, button=method):
                        self.assertTrue(self.refused(user, name, method))

    @mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_access")
    def refused(self, user, name, method):
        """Press a button on a bare row; say whether the role was the obstacle."""
        record = self.env[name].with_user(user)
        if self._has_table(name):
            record = record.browse(self._row_once(name, self.env.company))
        try:
            with self.env.cr.savepoint():
                getattr(record, method)()
                raise _Undo
        except AccessError:
            return True
        except (_Undo, UserError, Exception):  # noqa: BLE001
            return False
        finally:
            self.env.invalidate_all()


class _Undo(Exception):
    """Roll back what a button did."""
