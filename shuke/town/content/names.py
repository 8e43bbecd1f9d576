"""The words that names are made of, by generation: what parents chose in their time, and what people call themselves online."""

from shuke.town.content.ages import Age

_COMMON = "王 李 张 刘 陈 杨 黄 赵 吴 周"
_FREQUENT = "徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 邓 冯 韩 曹"
_RARER = (
    "曾 彭 萧 蔡 潘 田 董 袁 于 余 叶 蒋 杜 苏 魏 程 吕 丁 沈 任 姚 卢 傅 钟 姜 崔 谭 廖 范 汪 陆 金 石 "
    "戴 贾 韦 夏 邱 方 侯 邹 熊 孟 秦 白 江"
)

SURNAMES = tuple(f"{_COMMON} {_FREQUENT} {_RARER}".split())
SURNAME_WEIGHTS = (*[10] * len(_COMMON.split()), *[4] * len(_FREQUENT.split()), *[2] * len(_RARER.split()))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN: dict[tuple[Age, bool], tuple[str, ...]] = {
    (Age.ELDER, True): _words(
        "秀英 桂兰 玉珍 淑芬 凤英 惠芳 素琴 玉兰 桂芝 美珍 月娥 秀珍 淑贤 金凤 彩霞 雪琴 文秀 兰英 宝珠 瑞芳 "
        "春香 佩华 翠莲 静芝"
    ),
    (Age.ELDER, False): _words(
        "建国 德福 国强 永昌 福生 树林 文清 长贵 志明 金山 玉成 庆丰 来福 耀宗 光明 保国 兴华 克勤 守义 大勇 "
        "根发 水生 宗德 振声"
    ),
    (Age.MIDDLE, True): _words(
        "丽华 红梅 建芬 晓红 海燕 雪梅 丽萍 春燕 艳红 敏 玉霞 爱华 秋菊 文娟 小玲 慧敏 亚琴 桂花 美玲 芳 淑慧 "
        "瑞云 冬梅 莉莉 翠萍 彩云 月琴"
    ),
    (Age.MIDDLE, False): _words(
        "志强 建军 伟 卫东 海波 国平 永刚 学军 建华 立新 少华 文斌 大伟 向阳 新民 俊杰 晓东 军 爱民 振宇 忠良 "
        "勇 庆国 立群 世杰 宏伟 春生"
    ),
    (Age.ADULT, True): _words(
        "晓梅 婷婷 静 佳 雅琴 思思 丹丹 雨晴 梦洁 晶晶 倩 欣怡 娜 文静 晓彤 海棠 嘉仪 书瑶 雯雯 子君 若楠 琳 "
        "珊珊 悦 一鸣 微 清如"
    ),
    (Age.ADULT, False): _words(
        "浩 磊 鹏 晨阳 俊 凯 志远 宇 明哲 超 嘉伟 文博 一帆 思源 涛 子豪 家明 晓峰 致远 天成 亮 锐 景行 少康 启航 柏林 正"
    ),
    (Age.YOUNG, True): _words(
        "梓萱 雨桐 欣妍 诗涵 可馨 一诺 思琪 佳宁 语嫣 若曦 子墨 依依 心悦 沐晴 芷若 安琪 书意 乐瑶 知夏 念慈 "
        "南星 小满 星遥 初夏"
    ),
    (Age.YOUNG, False): _words(
        "子轩 浩然 宇航 奕辰 俊熙 梓睿 明轩 泽宇 一凡 嘉懿 博文 皓轩 睿渊 思远 天佑 景澄 星野 逸飞 若谷 知行 "
        "亦辰 北辰 予安 立夏"
    ),
}

TITLES: dict[tuple[Age, bool], tuple[str, ...]] = {
    (Age.ELDER, True): _words("{surname}阿姨 {last}奶奶 {surname}老师 外婆{last} {surname}大姐"),
    (Age.ELDER, False): _words("老{surname} {surname}伯 {surname}大爷 退休老{surname} {surname}师傅"),
    (Age.MIDDLE, True): _words("{surname}姐 {last}姐 阿{last} {surname}老师 {last}妈妈"),
    (Age.MIDDLE, False): _words("老{surname} {surname}哥 {surname}叔 阿{last} {surname}师傅"),
    (Age.ADULT, True): _words("小{surname} 阿{last} {last}{last} {surname}小{last} {last}子"),
    (Age.ADULT, False): _words("小{surname} 阿{last} {surname}工 {last}哥 {surname}小{last}"),
    (Age.YOUNG, True): _words("{last}{last} {last}宝 小{last} {last}崽 {surname}同学"),
    (Age.YOUNG, False): _words("{last}仔 小{last} {surname}同学 {last}哥 {surname}小{last}"),
}

TRADES = _words(
    "老{surname}面馆 {surname}姐花店 阿{last}理发 {surname}记修表 {last}嫂家常菜 {surname}老师书法 "
    "{last}姐裁缝铺 {surname}师傅装修 "
    "小{surname}水果 {surname}医生 {last}的小院 {surname}家豆腐 {last}姐母婴 教钢琴的{surname}老师 "
    "阿{last}烘焙 跑步的老{surname}"
)

MOODS: dict[Age, tuple[str, ...]] = {
    Age.ELDER: _words(
        "平安是福 知足常乐 夕阳红 静水流深 岁月如歌 荷塘月色 幸福一家人 老有所乐 开心每一天 春华秋实 宁静致远 "
        "好人一生平安 "
        "太极人生 广场舞领队 晚霞 兰亭 福满堂 家和万事兴 种花老人 一壶老茶"
    ),
    Age.MIDDLE: _words(
        "云淡风轻 随遇而安 人间烟火 向阳花开 海阔天空 往事随风 一路有你 风雨同舟 简单生活 雨后彩虹 秋水伊人 "
        "听雨 蓝色海洋 半亩花田 "
        "路边的野菊 茶语人生 山高水长 慢慢走 月光宝盒 麦田守望者 江南好 心若向阳 梅子黄时 钓鱼佬"
    ),
    Age.ADULT: _words(
        "一只柚子 麦芽糖 南风知我意 今天也要加油鸭 早起的虫 芝麻汤圆 加班到天亮 木木夕 晚风 小森林 三分糖 "
        "不吃香菜 白日梦想家 橘猫饲养员 "
        "番茄炒蛋 山与海 拾光 半糖去冰 日常观察员 长颈鹿先生 且听风吟 柴米油盐 周末去爬山 蓝莓酱 鹿先森 漫漫 "
        "奶爸日记 糯米团子"
    ),
    Age.YOUNG: _words(
        "困困 草莓熊饲养员 在逃土豆 星星睡不着 momo 薄荷味 咕噜咕噜 一颗小行星 汽水味的夏天 早八人 社恐小羊 "
        "雪饼 摸鱼冠军 海盐芝士 "
        "月球邮差 卷不动了 元气少女 小熊软糖 七分甜 云朵制造厂 阿巴阿巴 十二点睡 干饭人 晴天小猪"
    ),
}

LATIN: dict[bool, tuple[str, ...]] = {
    True: _words("Mia Coco Lily Amy Vivian Luna Joyce Ivy Elaine Momo Nana Yoyo Sunny Cici Tina Echo Olivia Grace"),
    False: _words("Leo Kevin Jason Eric Max Ray Alan Tony Sam Ken Jerry Danny Hugo Felix Andy Simon Vic Oscar"),
}

FOREIGN: dict[bool, tuple[str, ...]] = {
    True: _words("Emma Sofia Claire Hannah Ana Priya Ingrid Maya Nora Julia Elena Alice"),
    False: _words("James Diego Lukas Tom Marco Arjun Pierre Daniel Omar Henrik Paul Victor"),
}
FOREIGN_SURNAMES = _words(
    "Wilson Rossi Dubois Becker Ferreira Nair Olsen Cohen Carter Alvarez Hughes Mehta Novak Haddad Lindgren Moreau"
)

TAILS = _words("🌸 🍀 ☕ 🌙 🌻 🐟 ～ ⛰️ 的日常 在路上 小号")

BIOS: dict[Age, tuple[str, ...]] = {
    Age.ELDER: (
        "退休了，种种花、带带孙子。",
        "早上打太极，下午喝茶。",
        "年轻时教语文，现在学用手机。",
        "老伴做饭我洗碗。",
        "社区合唱团，女低音。",
        "爱钓鱼，也爱吹牛。",
        "孩子在外地，常联系。",
        "买东西先问问老姐妹。",
        "每天一万步，风雨无阻。",
    ),
    Age.MIDDLE: (
        "两个孩子的妈，家里的采购员。",
        "开了二十年小店，讲个实在。",
        "好东西就想告诉朋友。",
        "上班族，周末下厨。",
        "喜欢喝茶，不懂装懂。",
        "孩子高三，我陪读。",
        "爬山、羽毛球、早睡早起。",
        "家里老人小孩的东西都归我管。",
        "修车的手，也会做菜。",
        "楼下团长，有事喊一声。",
    ),
    Age.ADULT: (
        "养了一只猫，叫冬瓜。",
        "认真吃饭，努力搬砖。",
        "新手妈妈，求经验。",
        "设计师，爱好收集杯子。",
        "在做一些小小的手工。",
        "长跑第三年。",
        "刚搬新家，什么都缺。",
        "咖啡一天两杯，茶一天一壶。",
        "周末逛菜市场的人。",
        "租房也要好好生活。",
        "什么都想试试。",
    ),
    Age.YOUNG: (
        "大三，在攒钱去看海。",
        "室友推荐什么买什么。",
        "画画的，约稿请私信。",
        "今天也没有早睡。",
        "喜欢草莓，也喜欢你。",
        "第一份工作，第一个月。",
        "滑板初学者。",
        "精致穷，但快乐。",
    ),
}

FOREIGN_BIOS = (
    "Teaching English here since 2019, still learning tones.",
    "Came for a year, stayed for the food.",
    "Photographs old streets.",
    "Engineer, tea beginner, noodle expert.",
    "My neighbours choose what I buy.",
    "两个孩子，三种语言。",
)
