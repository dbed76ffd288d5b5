import os, pytest
from tests.browser import test_whole_purchase as t
from tests.browser.people import Inspector, chapter
from vitrina.site.demo.people import world
from vitrina.site.demo.story import clarifying, bidding, opening, evaluation, awarding, contracting, delivery
from vitrina.ledger.sequencer import catch_up
PARTS=["bid","open","evaluate","rule","contract","deliver","pay","read"]
FROM=os.environ.get("BR_FROM","bid")
REACH={"bid":clarifying.reach_clarifying,"open":bidding.reach_bidding,"evaluate":opening.reach_opening,"rule":evaluation.reach_evaluation,"contract":awarding.reach_awarding,"deliver":contracting.reach_contracting,"pay":delivery.reach_delivery}
def test_dev(live_site,new_page,axe,watch):
    w=world()
    offers={n:{i:p for i,p in enumerate(v,1) if p} for n,v in enumerate(t.PRICES.values())}
    kw={} if FROM=="bid" else {"offers":offers}
    terms={"criteria":[{"title":a,"description":b,"kind":"technical" if k=="técnico" else "legal"} for a,b,k in t.REQUIREMENTS]}
    import cProfile
    p=REACH[FROM](w,lots=2,quantity=400000,terms=terms,**kw)
    c=t.Cast(new_page,live_site.url,Inspector(axe))
    fs={"bid":t.bid,"open":lambda c:t.open_in_public(c,new_page()),"evaluate":t.evaluate,"rule":t.rule,"contract":t.contract,"deliver":t.deliver,"pay":t.pay,"read":lambda c:t.read(c,new_page())}
    for name in PARTS[PARTS.index(FROM):]:
        with chapter(name,watch):
            try: fs[name](c)
            except BaseException:
                for who,s in c._seated.items(): s.page.screenshot(path=f"/tmp/brief/brs/{who}.png",full_page=True)
                raise
