// Reading without a network: pages that the server lets this cadre's phone keep, and everything they are made of.
"use strict";
const pages = (() => {
  const STATIC = "static";
  const MOST_STATIC = 150; // several versions: a kept page needs the files of its own time
  const STOCK_EVERY = 10 * 60_000;
  const PATIENCE = 3000; // a line that says nothing for so long counts as none, when the page is on the phone
  // What the blank page (visits/blank) says in the place of a household's id and name.
  const NOBODY = "00000000-0000-0000-0000-000000000000";
  const NEWCOMER = "新住户";
  const nameOf = (cadre) => `pages-${cadre}`;

  async function kept(path) {
    const who = await store.fact("who");
    if (!who) return undefined;
    const cache = await caches.open(nameOf(who));
    return (await cache.match(path)) || (await cache.match(path, { ignoreSearch: true }));
  }

  async function keep(path, response, askedAt, isOvertaken = () => false) {
    const cadre = response.headers.get("X-Keep-Offline");
    if (!cadre || cadre !== (await store.fact("who"))) return;
    const cache = await caches.open(nameOf(cadre));
    if (/\/(visit|edit)$/.test(path)) return keepVisit(cache, cadre, response, askedAt, isOvertaken);
    const [, household] = path.match(/^\/households\/([^/]+)\/followups$/) || [];
    if (household && isOvertaken()) return;
    await cache.put(path, new Response(withoutNews(await response.text()), { headers: response.headers }));
    if (household) await forgetShown(cadre, household, askedAt, true);
  }

  // What was done before a page came is said once, and not again whenever the page is read.
  const withoutNews = (text) => text.replace(/<p class="flash [^]*?<\/p>/g, "");

  // A visit's page is kept under both its addresses, and takes the place of the writes that it already shows.
  async function keepVisit(cache, cadre, response, askedAt, isOvertaken) {
    const text = withoutNews(await response.text());
    const [, visit, household] = text.match(/data-visit="([^"]+)" data-household="([^"]+)"/) || [];
    if (!visit || isOvertaken()) return;
    for (const path of [`/households/${household}/visit`, `/visits/${visit}/edit`]) {
      await cache.put(path, new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } }));
    }
    await forgetShown(cadre, household, askedAt, false);
  }

  // A visit's page shows what was written on it, and that of a return visit what was written there.
  async function forgetShown(cadre, household, askedAt, atReturn) {
    const isShown = (item) => item.state === "sent" && item.group === household && item.sentAt < askedAt;
    const shown = (item) => isShown(item) && item.url.startsWith("/followups/") === atReturn;
    await store.remove((await store.of(cadre)).filter(shown).map((item) => item.id));
  }

  // Have a page on the phone, as fresh as the line allows; says whether it is there.
  async function have(path) {
    const askedAt = Date.now();
    const response = await fetch(path, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
    if (response && response.ok) await keep(path, response, askedAt);
    return Boolean(await kept(path));
  }

  async function fresh(request, path, isOvertaken) {
    const askedAt = Date.now();
    const response = await fetch(request);
    if (response.ok) await keep(path, response.clone(), askedAt, isOvertaken).catch(() => {});
    return response;
  }

  async function open(event) {
    const { pathname, search } = new URL(event.request.url);
    const path = pathname + search;
    const only = await handover.place();
    if (only) return pathname === only ? locked(event, path) : Response.redirect(only);
    if (await store.fact("leaving")) await leave().catch(() => {});
    const there = await kept(path).catch(() => undefined);
    // An answer that comes after the kept page was shown must not take the writes away that are put over that one.
    let overtaken = false;
    const coming = fresh(event.request, path, () => overtaken);
    event.waitUntil(coming.catch(() => {}));
    if (!there) return coming.catch(async () => (await blankVisit(path)) || (await kept("/offline")) || caches.match("/offline/plain", { ignoreSearch: true }));
    const giveUp = (done) => {
      overtaken = true;
      done(there);
    };
    const limit = new Promise((done) => setTimeout(giveUp, PATIENCE, done));
    return Promise.race([coming.catch(() => there), limit]);
  }

  // The page that a resident holds: also when the session has ended, which would lead away from it. When neither the
  // server nor the phone has it any more there is nothing to hold on to.
  async function locked(event, path) {
    const response = await fresh(event.request, path, () => false).catch(() => null);
    if (response && response.ok) return response;
    const there = await kept(path);
    if (there || !response) return there || caches.match("/offline/plain", { ignoreSearch: true });
    if (response.status < 500) await handover.end(await store.fact("who"));
    return response;
  }

  // A household that was met on the way is only in the outbox yet, but can be visited: on the blank page's pattern.
  async function blankVisit(path) {
    const [, id] = path.match(/^\/households\/([0-9a-f-]{36})\/visit$/) || [];
    const items = id ? await store.of(await store.fact("who")) : [];
    const household = items.find((item) => item.group === id && item.lane === "first");
    const blank = household && (await kept("/visits/blank"));
    if (!blank) return undefined;
    const [name] = household.what.split(" · ");
    const safe = name.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const text = (await blank.text()).replaceAll(NOBODY, id).replaceAll(NEWCOMER, safe);
    return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
  }

  async function file(request) {
    const cache = await caches.open(STATIC);
    const there = await cache.match(request);
    if (there) return there;
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  }

  async function install(files) {
    const cache = await caches.open(STATIC);
    const wanted = [];
    for (const address of files) if (!(await cache.match(address))) wanted.push(address);
    await cache.addAll(wanted.map((address) => new Request(address, { cache: "reload" })));
    const all = await cache.keys();
    const old = all.slice(0, Math.max(0, all.length - MOST_STATIC));
    await Promise.all(old.map((request) => cache.delete(request)));
  }

  // The list of what to have on the phone is itself a page: its links, each with a stamp that changes with the page.
  let stocking = null;
  function stockUp(now) {
    stocking ||= fetchMissing(now).finally(() => (stocking = null));
    return stocking;
  }

  async function fetchMissing(now) {
    const who = await store.fact("who");
    // Not after every page: the list itself costs a request on a bad line.
    if (!now && Date.now() - ((await store.fact("stocked")) || 0) < STOCK_EVERY) return;
    const list = await fetch("/offline", { credentials: "same-origin" });
    if (!list.ok || list.headers.get("X-Keep-Offline") !== who) return;
    const text = await list.clone().text();
    await keep("/offline", list, 0);
    const known = (await store.fact(`stamps-${who}`)) || {};
    const stamps = {};
    for (const [, path, stamp] of text.matchAll(/href="([^"]+)" data-keep="([^"]*)"/g)) {
      if (known[path] === stamp && (await kept(path))) {
        stamps[path] = stamp;
        continue;
      }
      const askedAt = Date.now();
      const response = await fetch(path, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (!response.ok) continue;
      await keep(path, response, askedAt);
      stamps[path] = stamp;
      await store.learn(`stamps-${who}`, { ...known, ...stamps });
    }
    await store.learn("stocked", Date.now());
    await drop(who, text);
    await store.learn(`stamps-${who}`, stamps);
  }

  // A household that is no longer one's own does not stay on the phone.
  async function drop(who, text) {
    const cache = await caches.open(nameOf(who));
    const held = await handover.place();
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url);
      if (pathname === held) continue;
      const ids = pathname.match(/^\/(households|visits)\/[0-9a-f-]{36}/);
      if (ids && !text.includes(`href="${pathname}"`) && !text.includes(`href="${ids[0]}`)) await cache.delete(request);
    }
  }

  // Signing out, or somebody else: kept pages hold personal data and go. The outbox stays; it is that cadre's.
  async function forgetAllBut(cadre) {
    for (const name of await caches.keys()) if (name.startsWith("pages-") && name !== nameOf(cadre)) await caches.delete(name);
  }

  // A sign-out without a line: the server hears of it before it is asked for anything else.
  async function leave() {
    await fetch("/sign-out", { method: "POST", redirect: "manual", credentials: "same-origin" });
    await store.learn("leaving", "");
  }

  return { open, file, install, stockUp, forgetAllBut, have };
})();
