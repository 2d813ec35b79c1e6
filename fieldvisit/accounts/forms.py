"""What people type about accounts, and the words for what is wrong with it."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from fieldvisit.accounts import rules
from fieldvisit.accounts.administration import MAX_NAME, Particulars, Problem
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.fields import clean_line
from fieldvisit.numbers import small_number

ROLE_NAMES = {
    Role.CADRE: "干部",
    Role.SUPERVISOR: "审阅人",
    Role.HANDLER: "承办人",
    Role.OFFICE: "群众工作部",
    Role.ADMINISTRATOR: "管理员",
}
ROLE_DUTIES = {
    Role.CADRE: "入户走访",
    Role.SUPERVISOR: "审阅本单位和下级单位的走访",
    Role.HANDLER: "承办诉求",
    Role.OFFICE: "登记、转办诉求，出月报",
    Role.ADMINISTRATOR: "管理人员、单位和住户",
}
WORDS = {
    ("user_name", Problem.MALFORMED): "用户名用小写字母开头，3 到 32 位，只能有小写字母、数字和 . _ -。",
    ("user_name", Problem.TAKEN): "这个用户名已经有人用了，请换一个。",
    ("name", Problem.MISSING): "请填写姓名。",
    ("name", Problem.MALFORMED): f"姓名最多 {MAX_NAME} 个字，不能有控制字符。",
    ("phone", Problem.MISSING): "干部要有电话：联系卡上会留给住户。",
    ("phone", Problem.MALFORMED): "电话号码不对：手机号 11 位，座机请带区号。",
    ("phone", Problem.TAKEN): "这个电话号码已经有人用了，请核对。",
    ("unit_id", Problem.UNKNOWN): "请选择单位。",
    ("roles", Problem.MISSING): "请至少选一个角色。",
}


def _password(label: str, autocomplete: str) -> PasswordField:
    return PasswordField(
        label,
        [
            InputRequired("请填写密码。"),
            Length(max=rules.MAX_PASSWORD, message=f"密码最多 {rules.MAX_PASSWORD} 个字符。"),
        ],
        render_kw={"autocomplete": autocomplete, "maxlength": False},
    )


def _unit_id(value: Any) -> int:
    # 0 is no unit's, like every number that is none.
    return small_number(str(value)) or 0


# Only for the mark on the page: administration.problems says what is missing, in the field's own words.
NEEDED = InputRequired()


class SignInForm(Form):
    """Phone number or user name, and password."""

    login = StringField(
        "手机号或用户名",
        [DataRequired("请填写手机号或用户名。"), Length(max=64, message="手机号或用户名太长了，请核对。")],
        filters=[clean_line],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = _password("密码", "current-password")


class CodeForm(Form):
    """The six digits of the second step."""

    code = StringField(
        "6 位验证码",
        [InputRequired("请填写验证码。"), Length(max=20, message="验证码是 6 位数字。")],
        filters=[lambda value: "".join((value or "").split())],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": False},
    )


class SwitchOnForm(CodeForm):
    """A code that shows that the authenticator app has the secret."""

    secret = HiddenField()


class PasswordForm(Form):
    """One's password, to confirm a step."""

    password = _password("当前密码", "current-password")


class ChangePasswordForm(Form):
    """The present password and a new one, twice."""

    current = _password("当前密码", "current-password")
    new = _password("新密码", "new-password")
    again = _password("再输一次新密码", "new-password")

    def accept(self, user_name: str, phone: str | None) -> bool:
        """Check the entries against each other and against the person's names."""
        if not self.validate():
            return False
        problem = rules.password_problem(self.new.data or "", user_name, phone)
        if problem is None and self.new.data == self.current.data:
            problem = "新密码要和当前密码不同。"
        if problem:
            self.new.errors = [problem]
        elif self.new.data != self.again.data:
            self.again.errors = ["两次输入的新密码不一样，请再输一次。"]
        return not self.errors_now()

    def errors_now(self) -> bool:
        """Say whether any field has an error, also one that was added after validation."""
        return any(field.errors for field in self)


class PersonForm(Form):
    """A person's particulars, as an administrator enters them."""

    name = StringField("姓名", [NEEDED], filters=[clean_line], render_kw={"autocomplete": "off"})
    user_name = StringField(
        "用户名",
        [NEEDED],
        filters=[clean_line],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    phone = StringField("电话", filters=[clean_line], render_kw={"autocomplete": "off", "inputmode": "tel"})
    unit_id = SelectField("单位", [NEEDED], coerce=_unit_id, validate_choice=False)
    roles = SelectMultipleField(
        "角色",
        choices={role.value: f"{name}（{ROLE_DUTIES[role]}）" for role, name in ROLE_NAMES.items()},
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    active = BooleanField("账号在用（去掉后不能登录，记录都保留）", default=True)

    def fill(self, cadre: Cadre) -> None:
        """Show a person's present particulars."""
        self.process(
            data={
                "name": cadre.name,
                "user_name": cadre.user_name,
                "phone": cadre.phone or "",
                "unit_id": cadre.unit_id,
                "roles": [role.value for role in cadre.roles],
                "active": cadre.active,
            }
        )

    def particulars(self) -> Particulars:
        """Return what was entered; unknown roles are left out."""
        known = {role.value: role for role in Role}
        return Particulars(
            user_name=self.user_name.data or "",
            name=self.name.data or "",
            phone=self.phone.data or "",
            unit_id=self.unit_id.data or 0,
            roles=frozenset(known[word] for word in self.roles.data or () if word in known),
            active=bool(self.active.data),
        )

    def show(self, found: dict[str, Problem]) -> None:
        """Put the words for each problem beside its field."""
        for name, problem in found.items():
            field: Any = self[name]
            field.errors = [WORDS[name, problem]]
