"""What people say around a sale: when they pass a thing on, give it, order it, or welcome somebody to their shop."""

import random

from shuke.town.content.goods import Text


def _lines(text: str) -> tuple[Text, ...]:
    pairs = (line.split("|") for line in text.strip().splitlines())
    return tuple(Text(zh.strip(), en.strip()) for zh, en in pairs)


SHARES: dict[str, tuple[Text, ...]] = {
    "any": _lines("""
        这家我买过三次了，放心。 | Third time I've bought here. Trust me.
        帮我看看这个怎么样？ | What do you think of this one?
        你上次问的就是这个！ | This is the one you asked about!
        自己用着好才发的。 | I only pass it on because I use it myself.
        家里正好缺，一起买？ | We're out of it. Shall we order together?
        店主人特别好，有问必答。 | The owner answers every question.
        不是广告，真觉得值。 | Not an advert, I really think it's worth it.
        给爸妈也下一单吧。 | One for your parents, too?
        群里有人要吗？我拼个单。 | Anyone here want one? I'm ordering.
        等了两天到了，比想的还好。 | It came in two days and is better than I hoped.
        姐妹们，这个可以闭眼入。 | Friends, you can't go wrong with this.
        先收着，换季用得上。 | Keep the link for when the season turns.
        我同事推荐的，转给你看看。 | A colleague told me, now I tell you.
    """),
    "tea": _lines("""
        这泡茶我爸喝了都说好，难得。 | Even my father likes this tea, and that's rare.
        下午犯困来一泡，比咖啡舒服。 | Kinder than coffee in the afternoon.
        新到的，香气真的冲鼻子。 | Just arrived, and the scent fills the room.
        小罐先试，喝惯了再买大的。 | Try the small tin first.
        来我家喝过的就是这款。 | It's the one you had at my place.
    """),
    "fresh": _lines("""
        刚从树上摘的，甜得很！ | Straight from the tree and so sweet!
        今天到的鸡蛋，一个没破。 | The eggs came today, not one broken.
        农家自己种的，孩子能多吃两碗。 | Home-grown. My child asks for more.
        当季就这几天，晚了没有了。 | Only for these few days of the season.
        坏了两个，店家马上赔了。 | Two were bad and they paid at once.
    """),
    "pantry": _lines("""
        蜂蜜结晶了，我就放心了。 | The honey has set, so it's the real thing.
        这个米煮粥有一层米油。 | This rice makes proper porridge.
        剁椒拌面，一个人吃了半瓶。 | Half a jar on noodles, all by myself.
        菌菇炖鸡，满屋都是香味。 | Chicken with these mushrooms: the whole house smells good.
    """),
    "craft": _lines("""
        阿珍手真巧，我看她绣了一下午。 | I watched her embroider all afternoon. What hands.
        一针一线做的，送人有面子。 | Made by hand, a present to be proud of.
        要等一个礼拜，值得等。 | A week's wait, and worth it.
        绣了我女儿的名字，太喜欢了。 | It has my daughter's name on it. I love it.
    """),
    "kids": _lines("""
        我家两个都穿这个，洗不变形。 | Both of mine wear it, and it keeps its shape.
        尺码偏大一点，能多穿一年。 | Runs a bit large: it lasts another year.
        幼儿园门口被三个妈妈问链接。 | Three mothers asked me at the kindergarten gate.
        面料软，小的不闹了。 | So soft that the little one stopped fussing.
        开学要用的，别等到最后一天。 | For school. Don't wait till the last day.
    """),
    "home": _lines("""
        盛汤面刚刚好，颜色照片拍不出来。 | Just right for noodles; photos don't do the glaze justice.
        这个锅我炖牛肉，一小时就烂。 | Beef falls apart in an hour in this pot.
        搬新家送这个不会错。 | You can't go wrong with this for a new home.
        碗底有个小印，喜欢这种心思。 | There's a little seal underneath. I like such care.
    """),
    "textile": _lines("""
        钻进被窝是热的，老妈也要一床。 | Warm at once. Mother wants one too.
        晒过太阳，睡得特别沉。 | After a day in the sun one sleeps like a stone.
        厂里直接发的，比商场便宜一半。 | From the factory, at half the shop price.
        枕头高低能调，脖子舒服多了。 | You can set the height: my neck is grateful.
    """),
    "care": _lines("""
        洗羊毛衫就用它，不缩水。 | For woollens: nothing shrinks.
        味道很淡，家里老人也喜欢。 | So mild that my parents like it too.
    """),
}

GIFTS = _lines("""
    妈，天冷了，记得盖厚一点。 | Mum, it's cold. Keep warm.
    生日快乐，愿你天天开心！ | Happy birthday, and many happy days!
    谢谢你上次帮忙，小小心意。 | A small thank-you for your help.
    小宝满月快乐，平安长大。 | For the little one: grow up well.
    搬新家啦，祝红红火火。 | To your new home!
    老师辛苦了，喝口茶润润嗓子。 | Thank you, teacher. Some tea for your voice.
    爸，少抽烟，多喝茶。 | Dad, less smoke, more tea.
    好久不见，寄点家乡味道给你。 | Too long apart: a taste of home.
    考试加油，考完一起吃饭。 | Good luck with the exam. Dinner afterwards!
    今年辛苦了，明年一起更好。 | It was a hard year. The next will be better.
""")

ORDER_NOTES = _lines("""
    麻烦包严实一点，谢谢。 | Please pack it well, thank you.
    工作日白天没人，放驿站就行。 | Nobody home on weekdays; leave it at the parcel point.
    送人的，不要放价格单。 | It's a present: no price slip, please.
    老人收货，请先打电话。 | An elderly person receives it, please call first.
    能不能周五前到？ | Could it arrive by Friday?
    第二次买了，送个小样呗。 | My second order. A little sample, perhaps?
    帮忙挑大一点的。 | Larger ones, please.
    颜色按照片那款发。 | The colour as in the photo.
    不急，一起发就好。 | No hurry, send it all together.
    请放门口鞋柜上。 | Please leave it on the shoe cabinet.
    贺卡写：林老师教师节快乐。 | On the card: Happy Teachers' Day, Ms Lin.
    上次的特别好，再来一份。 | The last was so good, the same again.
""")

GREETINGS = _lines("""
    您好，我是{guide}，有什么想看的直接问我。 | Hello, I'm {guide}. Ask me anything.
    欢迎来{shop}，第一次来我送您一份小样。 | Welcome to {shop}. A sample for your first visit.
    上次的还合用吗？用完了跟我说一声。 | Is the last one still good? Tell me when it runs out.
    天冷了，您家那款又到货了。 | It's getting cold, and yours is back in stock.
    按您说的尺寸，我把合适的都放进购物车了。 | By your measurements, I put what fits into a cart.
    {shop}周三上新，老朋友先看图。 | New at {shop} on Wednesday; regulars see it first.
    您介绍来的朋友收到货了，说喜欢，谢谢您。 | The friend you sent us is happy with it. Thank you.
    快递有点慢，我帮您催了，见谅。 | The parcel is slow. I've chased it; please forgive us.
""")

RETURNING = _lines("""
    又来了，还是老样子两份。 | Back again. The usual, twice.
    朋友喝了都问我哪儿买的。 | My friends ask where it's from.
    家里人让我再买一次。 | The family told me to order again.
    换个颜色再来一件。 | The same in another colour.
    上次推荐的对，听你的。 | You were right last time. I follow your advice.
    老顾客了，还是信你们家。 | A regular, and still trusting you.
""")


def share_line(rng: random.Random, category: str) -> Text:
    """Say why one passes a thing on; two times out of three in words that fit its category."""
    fitting = SHARES.get(category.split("-")[0], ())
    return rng.choice(fitting if fitting and rng.random() < 0.65 else SHARES["any"])


def gift_note(rng: random.Random) -> Text:
    """Write the card of a gift."""
    return rng.choice(GIFTS)


def order_note(rng: random.Random) -> Text | None:
    """Leave a note for the shop, as about one buyer in four does."""
    return rng.choice(ORDER_NOTES) if rng.random() < 0.25 else None


def greeting(rng: random.Random, shop: Text, guide: Text) -> Text:
    """Greet a regular in the words of a guide."""
    line = rng.choice(GREETINGS)
    return Text(line.zh.format(shop=shop.zh, guide=guide.zh), line.en.format(shop=shop.en, guide=guide.en))


def returning_line(rng: random.Random) -> Text:
    """Say a word when coming back to a shop."""
    return rng.choice(RETURNING)
