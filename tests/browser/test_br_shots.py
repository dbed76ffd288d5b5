import os, re
from tests.browser.people import Someone, Inspector
from vitrina.desk.inbox import tasks_of
from vitrina.cycle.core.models import Process
from vitrina.parties.roles import Role
from vitrina.site.demo.people import people_of
from vitrina.site.demo import clock
OUT="/tmp/brief/brs/"
ONLY=os.environ.get("BR_ONLY","")
EMAIL={r.value:f"{r.value}@vitrina.example" for r in Role}
EMAIL["evaluator"]="evaluator1@vitrina.example"; EMAIL["supplier"]="supplier1@vitrina.example"
def test_shots(demo_site,new_page,watch):
    watch.allow("40"); watch.allow("42")
    at=clock.now()
    jobs={}
    for p in Process.objects.select_related("unit","buyer").order_by("created_at"):
        for w in tasks_of(p,at):
            jobs.setdefault(w.task.role.value,{}).setdefault(w.task.command,w.url)
    done={}
    for role in sorted(jobs):
        for width in (1280,360):
            page=new_page(viewport={"width":width,"height":900},reduced_motion="reduce")
            page.goto(demo_site.url+"/cuenta/entrar/")
            page.get_by_role("textbox", name="Correo").fill(EMAIL[role]); page.get_by_role("textbox", name="Contraseña").fill("vitrina-demo")
            page.get_by_role("button", name="Entrar", exact=True).click()
            def shot(name,url):
                if ONLY and not re.search(ONLY,name): return
                page.goto(demo_site.url+url)
                over=page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if over>0: print("OVER",name,width,over)
                page.screenshot(path=f"{OUT}{name}-{width}.png",full_page=True)
            shot(f"inbox-{role}","/mi-espacio/")
            for command,url in jobs[role].items():
                if done.setdefault(command,role)!=role: continue
                shot(f"desk-purchase-{command.split('.')[0]}", re.sub(r"(compra/[^/]+/).*",r"\1",url))
                shot(f"step-{command}",url)
    page=None
    for width in (1280,360):
        page=new_page(viewport={"width":width,"height":900},reduced_motion="reduce")
        def shot(name,url):
            if ONLY and not re.search(ONLY,name): return
            page.goto(demo_site.url+url)
            over=page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over>0: print("OVER",name,width,over)
            page.screenshot(path=f"{OUT}{name}-{width}.png",full_page=True)
        for name,url in dict(home="/",list="/compras/",buyers="/compradores/",buyer="/u/050GYR/",unit="/u/050GYR047/",supplier="/s/reactivos-valle-hondo/",acts="/actos/",act="/actos/60/",data="/datos/",signin="/cuenta/entrar/",who="/demo/quien/",nf="/nada/",empty="/compras/?q=zzz").items():
            shot("pub-"+name,url)
        for p in Process.objects.order_by("created_at"):
            shot(f"pub-p-{p.stage if hasattr(p,'stage') else ''}-{p.halt}-{p.ocid[-6:]}",f"/p/{p.ocid}/")
