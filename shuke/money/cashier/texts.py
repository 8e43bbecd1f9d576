"""What the payment page says, in its two languages."""

from collections.abc import Mapping
from typing import Literal

Language = Literal["zh-CN", "en"]

ZH: Mapping[str, str] = {
    "cashier": "熟客收银台",
    "sandbox": "沙箱",
    "sandbox_note": "这里是演示收银台，不会产生真实扣款。",
    "to_pay": "应付金额",
    "order": "商品",
    "number": "支付单号",
    "expires": "请在此时间前完成",
    "left": "剩余支付时间",
    "pay": "确认支付",
    "decline": "模拟支付失败",
    "bench": "测试台",
    "bench_note": "决定支付结果通知怎样送达商城。",
    "delay": "延迟通知（秒）",
    "copies": "同时发送份数",
    "drop": "丢弃前几次",
    "forge": "先发几次错误签名",
    "late": "过期之后才通知",
    "back": "返回商城",
    "paid": "支付成功",
    "paid_note": "结果已发送给商城，您可以放心返回。",
    "failed": "支付未成功",
    "failed_note": "没有扣款。您可以返回商城重新下单或换一种方式支付。",
    "closed": "支付已关闭",
    "closed_note": "商城已取消这笔支付，没有扣款。",
    "expired": "支付已过期",
    "expired_note": "已超过付款时间，没有扣款。请返回商城重新下单。",
    "refused": "无法打开这笔支付",
    "refused_note": "链接不完整或已被改动，没有扣款。请回到商城重新打开。",
    "decided": "这笔支付已有结果",
    "decided_note": "第一次的结果有效，本次操作没有改变任何内容。",
    "invalid": "填写有误",
    "invalid_note": "请返回上一页，检查测试台里的数字。",
}

EN: Mapping[str, str] = {
    "cashier": "Shuke Cashier",
    "sandbox": "Sandbox",
    "sandbox_note": "A cashier for trying things out: no real money moves.",
    "to_pay": "Amount due",
    "order": "For",
    "number": "Payment no.",
    "expires": "Please pay before",
    "left": "Time left to pay",
    "pay": "Pay",
    "decline": "Let it fail",
    "bench": "Test bench",
    "bench_note": "Decide how the news of this payment reaches the shop.",
    "delay": "Delay the notice (seconds)",
    "copies": "Copies sent at once",
    "drop": "Drop the first attempts",
    "forge": "Forge the next signatures",
    "late": "Tell the shop only after expiry",
    "back": "Back to the shop",
    "paid": "Payment complete",
    "paid_note": "The shop is being told. You can safely go back.",
    "failed": "Payment failed",
    "failed_note": "Nothing was charged. Go back to the shop to order again or pay another way.",
    "closed": "Payment closed",
    "closed_note": "The shop closed this payment. Nothing was charged.",
    "expired": "Payment expired",
    "expired_note": "The time to pay is over and nothing was charged. Please order again in the shop.",
    "refused": "This payment cannot be opened",
    "refused_note": "The link is incomplete or was changed. Nothing was charged. Please open it again from the shop.",
    "decided": "This payment already has a result",
    "decided_note": "The first decision stands. Nothing was changed just now.",
    "invalid": "Something does not fit",
    "invalid_note": "Please go back and check the numbers on the test bench.",
}

CATALOGUES: Mapping[Language, Mapping[str, str]] = {"zh-CN": ZH, "en": EN}


def choose(asked: str | None, accepted: str) -> Language:
    """The language asked for in the link, or else the first of the browser's that we speak, or else Chinese."""
    wishes = [asked or "", *(part.partition(";")[0] for part in accepted.split(","))]
    for wish in wishes:
        match wish.strip().lower()[:2]:
            case "zh":
                return "zh-CN"
            case "en":
                return "en"
            case _:
                continue
    return "zh-CN"
