# SPDX-License-Identifier: Apache-2.0
"""The running site as a visitor's browser and a scanner see it."""

import urllib.request

import pytest


def headers(url: str) -> dict[str, str]:
    with urllib.request.urlopen(url) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}


def test_every_answer_carries_the_security_headers(live_site):
    for path in ("/", "/en/", "/healthz", "/cuenta/entrar/"):
        found = headers(live_site.url + path)

        policy = found["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "upgrade-insecure-requests" not in policy  # plain http on this machine must work
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "strict-origin-when-cross-origin"
        assert found["cross-origin-opener-policy"] == "same-origin"
        assert found["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in found["permissions-policy"]
        assert "publickey-credentials-get=(self)" in found["permissions-policy"]
        assert "strict-transport-security" not in found


@pytest.mark.browser
def test_the_home_page_opens_in_a_browser_in_both_languages(live_site, page, axe):
    page.goto(live_site.url + "/")
    assert page.locator("html").get_attribute("lang").startswith("es")
    axe(page)

    page.goto(live_site.url + "/en/")
    assert page.locator("html").get_attribute("lang").startswith("en")
    axe(page)


@pytest.mark.browser
def test_the_watch_sees_a_script_that_fails_and_a_request_that_leaves(live_site, page, watch):
    page.goto(live_site.url + "/healthz")
    page.evaluate("() => { const i = new Image(); i.src = 'http://other.example/p.png'; document.body.append(i) }")
    page.wait_for_timeout(200)

    seen = watch.verdict()
    assert any("other.example" in complaint for complaint in seen)
    watch.allow("")
