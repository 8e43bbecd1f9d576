from tests.api import Api, problem


async def test_health_is_ok_while_database_and_jobs_work(api: Api):
    response = await api.get("//health")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": "ok", "jobs": "ok"}}


async def test_an_unknown_address_is_a_problem(api: Api):
    response = await api.get("/nowhere")

    assert problem(response, 404, "web.route_unknown") == {}
    assert response.headers["x-request-id"]
