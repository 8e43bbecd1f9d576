from shuke.goods import catalog, stock
from shuke.kit.db import Db, read
from shuke.kit.money import Money
from tests.catalog.builders import a_listed_product, a_sku
from tests.shops.builders import an_open_shop


async def test_a_listed_product_is_for_sale_with_all_an_order_freezes(db: Db, statements):
    shop = await an_open_shop(db)
    skus = [a_sku("S", price=5900, stock=3, weight_g=200, 颜色="青", 尺码="S"), a_sku("M", 颜色="青", 尺码="M")]
    product = await a_listed_product(db, shop, "碎花连衣裙", skus=skus, commission_bps=[800, 400])
    small, medium = product.skus

    await read(db, catalog.for_sale([]))
    with statements(db, at_most=1):
        found = await read(db, catalog.for_sale([small.id, medium.id, product.id]))

    assert found.keys() == {small.id, medium.id}
    sale = found[small.id]
    assert (sale.shop_id, sale.product_id, sale.title, sale.code) == (shop.id, product.id, "碎花连衣裙", "S")
    assert (sale.price, sale.weight_g, sale.options) == (Money(5900, "CNY"), 200, {"颜色": "青", "尺码": "S"})
    assert (sale.rate_bps, sale.rate_version, sale.commission_bps) == (500, 0, [800, 400])
    assert sale.is_listed and not sale.is_virtual
    assert await stock.available(db, [small.id, medium.id]) == {small.id: 3, medium.id: 100}


async def test_the_product_read_again_is_the_product_that_was_listed(db: Db):
    shop = await an_open_shop(db)
    skus = [a_sku("a", 尺码="S", 颜色="青"), a_sku("b", 尺码="M", 颜色="青")]

    product = await a_listed_product(db, shop, skus=skus, description="好茶")

    again = await catalog.product(db, product.id)
    assert again == product
    assert list(again.skus[0].options) == ["尺码", "颜色"]
