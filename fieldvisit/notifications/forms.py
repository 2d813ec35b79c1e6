"""What people type about an address."""

from __future__ import annotations

from wtforms import Form, RadioField, SelectField
from wtforms.validators import AnyOf, DataRequired

from fieldvisit.errors import Refused
from fieldvisit.fields import line
from fieldvisit.notifications import rules
from fieldvisit.notifications.rules import Kind
from fieldvisit.numbers import small_number

KIND_WORDS = {
    Kind.WECOM: "企业微信群机器人",
    Kind.DINGTALK: "钉钉群机器人",
    Kind.FEISHU: "飞书群机器人",
    Kind.MAIL: "电子邮箱",
}
MOST_IDS = 60


class ChannelForm(Form):
    """A new address."""

    unit_id = SelectField(
        "单位", validate_choice=False, validators=[DataRequired("请选择单位。")], render_kw={"required": True}
    )
    kind = RadioField(
        "发到哪里",
        choices={kind.value: words for kind, words in KIND_WORDS.items()},
        validate_choice=False,
        validators=[AnyOf([kind.value for kind in Kind], message="请选择发到哪里。")],
    )
    address = line("地址", 300, needed=True)
    secret = line("加签密钥", 128)

    def read_address(self) -> tuple[Kind, str]:
        """Return the kind and the address as it is stored; raise Refused with the sentence beside its field."""
        kind = Kind(self.kind.data)
        try:
            return kind, rules.address_of(kind, self.address.data or "", self.secret.data or "")
        except rules.NotAnAddress as wrong:
            raise Refused(str(wrong)) from None


def notice_ids(values: list[str]) -> list[int]:
    """Read the ids of notices that a page has shown; what is none is passed over."""
    return [number for value in values[:MOST_IDS] if (number := small_number(value)) is not None]
