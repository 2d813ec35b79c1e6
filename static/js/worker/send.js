// The outbox: every write of a form marked data-durable is kept here before the network is tried, and leaves only by
// the server's word. Order is by household: texts in order, photos one by one after the texts before them, and a
// finish after everything. Households don't wait for each other.
"use strict";
const outbox = (() => {
  const VERSION = "1";
  const SENT_BY_PAGE = "X-Sent-By-Page";
  // As slow as 5 KB a second is still a line.
  const patience = (item) => Math.max(item.lane === "photo" ? 180_000 : 30_000, item.size / 5);
  // A page that waits longer is told that its write is kept; the answer follows by message.
  const PAGE_WAITS = 2500;
  const SHOWN_FOR = 7 * 24 * 3600_000;
  const AGAIN_LATER = [408, 425, 429];
  const PASSED_ON = ["accept", "content-type", "hx-request", "hx-request-type", "hx-target", "hx-current-url", "x-device"];

  const flying = new Map(); // text or photo -> item on its way
  const waiting = new Map(); // item id -> function that answers the page
  let pausedUntil = 0; // the network is down
  let signedOut = false;
  let turn = Promise.resolve();

  const kindOf = (item) => (item.lane === "photo" ? "photo" : "text");

  // Whether an earlier item of the same household must be out of the way first.
  function holdsUp(other, item) {
    if (other.group !== item.group || other.id >= item.id || other.state === "sent") return false;
    // The household itself: it waits for nothing, and nothing can be written into one that isn't there.
    if (item.lane === "first") return false;
    if (other.lane === "first") return true;
    // What belongs to a visit goes before its finish, also when it is put right after that.
    if (other.lane === "last" && other.url.split("/")[2] === item.url.split("/")[2]) return false;
    // A visit isn't finished over a card of its own that was refused.
    if (other.state === "refused") return item.lane === "last" && other.url.split("/")[1] === item.url.split("/")[1];
    // A photo needs the agreement before it; nothing else waits for a photo but the finish.
    return item.lane !== "text" || other.lane !== "photo";
  }

  async function next(kind, now) {
    const items = await store.of(await store.fact("who"));
    const ready = (item) =>
      item.state === "waiting" && kindOf(item) === kind && item.next <= now && !items.some((other) => holdsUp(other, item));
    // The least tried goes first, so that one that never gets through does not hold up the other households.
    return items.filter(ready).sort((a, b) => a.tries - b.tries || a.id - b.id)[0];
  }

  // One text and one photo at a time: two photos at once on a bad line both fail. Turns are taken one after the
  // other, so that no item is ever chosen twice.
  function pump() {
    turn = turn.catch(() => {}).then(async () => {
      for (const kind of ["text", "photo"]) {
        if (flying.has(kind) || signedOut || Date.now() < pausedUntil) continue;
        const item = await next(kind, Date.now());
        if (!item) continue;
        const flight = deliver(item).catch(() => (pausedUntil = Date.now() + 5000));
        flying.set(kind, { item, flight });
        flight.finally(() => {
          flying.delete(kind);
          pump();
        });
      }
    });
    return turn.then(tellPages);
  }

  // Until nothing is on its way: what keeps the browser from ending the worker.
  async function settled() {
    await pump();
    while (flying.size) {
      await Promise.all([...flying.values()].map(({ flight }) => flight));
      await turn;
    }
  }

  async function deliver(item) {
    await tellPages();
    let answer = null;
    try {
      answer = await transmit(item);
    } catch {
      // no network, or cut
    }
    await take(item, answer);
  }

  async function transmit(item) {
    const headers = new Headers(item.headers);
    headers.set("Idempotency-Key", item.key);
    headers.set("X-Cadre", item.cadre);
    headers.set("X-Outbox-Version", item.version);
    // Its age and not its time: however wrong the phone's clock is, the difference is right.
    headers.set("X-Age", Math.max(0, Math.round((Date.now() - item.at) / 1000)));
    headers.set(SENT_BY_PAGE, "0");
    const body = await store.body(item.id);
    if (!body) return { status: 422, key: item.key, text: "这一条的内容在手机上读不出来了，请重新填写或重新拍照。" };
    const byPage = item.lane === "photo" && (await sendByPage(item, headers, body));
    if (byPage) return byPage;
    const signal = AbortSignal.timeout(patience(item));
    const response = await fetch(item.url, { method: "POST", headers, body, signal, credentials: "same-origin", cache: "no-store" });
    return { status: response.status, key: response.headers.get("Idempotency-Key"), goTo: response.headers.get("HX-Redirect"), text: await response.text() };
  }

  // fetch can't tell how far an upload is. While a page of ours is open, it sends the photo and shows how far it is.
  async function sendByPage(item, headers, body) {
    const page = (await self.clients.matchAll({ type: "window" })).find((client) => client.visibilityState === "visible");
    if (!page) return null;
    return new Promise((done, fail) => {
      const { port1, port2 } = new MessageChannel();
      // A page that is left takes its upload along: then it is tried again.
      const watch = setInterval(async () => (await self.clients.get(page.id)) || end(fail, new Error("the page is gone")), 1000);
      const end = (settle, value) => (clearInterval(watch), clearTimeout(limit), settle(value));
      const limit = setTimeout(() => end(fail, new Error("too slow")), patience(item));
      port1.onmessage = ({ data }) => (data.failed ? end(fail, new Error("cut")) : end(done, data));
      page.postMessage({ send: { key: item.key, url: item.url, headers: [...headers], body } }, [port2]);
    });
  }

  // What an answer means for an item. Only one that names the write is the server's: a hotel's sign-in page or a
  // proxy's error acknowledges nothing.
  async function take(item, answer) {
    const status = answer ? answer.status : 0;
    const ours = answer && answer.key === item.key;
    item.answer = { status, at: Date.now(), text: ours && status >= 400 ? answer.text : "" };
    if (ours && status >= 200 && status < 300) await acknowledged(item);
    else if (ours && status === 401) signedOut = true;
    else if (ours && status >= 400 && status < 500 && !AGAIN_LATER.includes(status)) item.state = "refused";
    else later(item, answer);
    const { state, tries, next, sentAt } = item;
    await store.update(item.id, { state, tries, next, sentAt, answer: item.answer });
    reply(item, ours && item.state !== "waiting" ? answer : null);
    await tellPages(item.state === "waiting" ? null : { key: item.key, url: item.url, state: item.state, html: answer.text, goTo: answer.goTo });
  }

  // An item that arrived stays readable until a page of the visit has come from the server: see pages.js.
  async function acknowledged(item) {
    item.state = "sent";
    item.sentAt = Date.now();
    const items = await store.of(item.cadre);
    const path = (one) => one.url.split("?")[0];
    // What was refused at this place before has been put right by this, or taken away.
    const samePlace = (old) => [path(old), path(old) + "/remove"].includes(path(item));
    const putRight = (old) => old.state === "refused" && old.id < item.id && old.group === item.group && samePlace(old);
    await store.remove(items.filter(putRight).map((old) => old.id));
  }

  function later(item, answer) {
    item.tries += 1;
    const pause = Math.min(2000 * 2 ** Math.min(item.tries, 8), 300_000);
    if (answer && answer.key === item.key) item.next = Date.now() + pause; // this one is in trouble
    else {
      // The line is: no page need wait for it.
      pausedUntil = Date.now() + Math.min(pause, 15_000);
      for (const tell of waiting.values()) tell(null);
      waiting.clear();
    }
  }

  function reply(item, answer) {
    const tell = waiting.get(item.id);
    waiting.delete(item.id);
    if (tell) tell(answer);
  }

  function asResponse(answer, key) {
    if (!answer) return new Response(null, { status: 204, headers: { "X-Outbox": signedOut ? "signed-out" : "kept" } });
    const headers = { "Content-Type": "text/html; charset=utf-8", "Idempotency-Key": key };
    if (answer.goTo) headers["HX-Redirect"] = answer.goTo;
    return new Response([204, 205, 304].includes(answer.status) ? null : answer.text, { status: answer.status, headers });
  }

  // A page's durable write: on the phone first, then to the server.
  async function receive(request, event) {
    const body = await request.clone().arrayBuffer();
    let item;
    try {
      item = await store.add(described(request, body.byteLength), body);
    } catch {
      // The phone is full: the server may still take it. If not, the page keeps its form as it is.
      return fetch(request).catch(() => new Response(null, { status: 507, headers: { "X-Outbox": "full" } }));
    }
    pausedUntil = 0;
    signedOut = false; // whoever writes may have signed in since, in another window
    const answered = new Promise((done) => waiting.set(item.id, done));
    event.waitUntil(settled());
    const limit = new Promise((done) => setTimeout(done, kindOf(item) === "photo" ? 0 : PAGE_WAITS));
    const answer = await Promise.race([answered, limit, unable(item)]);
    waiting.delete(item.id);
    // Where the browser can, it wakes the worker when the line is back, though no page is open.
    if (!answer) self.registration.sync?.register("outbox").catch(() => {});
    return asResponse(answer, item.key);
  }

  // The page need not wait for what will not be tried now.
  async function unable(item) {
    await turn;
    const tried = [...flying.values()].some((flight) => flight.item.id === item.id);
    return tried || (flying.size && !signedOut) ? new Promise(() => {}) : null;
  }

  function described(request, size) {
    const { pathname, search, searchParams } = new URL(request.url);
    const say = (name) => decodeURIComponent(request.headers.get(name) || "");
    return {
      version: VERSION,
      key: request.headers.get("Idempotency-Key"),
      cadre: request.headers.get("X-Cadre"),
      group: searchParams.get("household") || say("X-Household"),
      lane: say("X-Lane") || "text",
      what: say("X-What"),
      url: pathname + search,
      headers: [...request.headers].filter(([name]) => PASSED_ON.includes(name)),
      size,
      at: Date.now(),
      state: "waiting",
      tries: 0,
      next: 0,
      answer: null,
    };
  }

  async function tellPages(arrived = null) {
    const items = await store.of((await store.fact("who")) || "");
    const count = (state) => items.filter((item) => item.state === state).length;
    const sending = [...flying.values()].map(({ item }) => item.key);
    const handedOver = await handover.place();
    const news = { waiting: count("waiting"), refused: count("refused"), sending, signedOut, arrived, handedOver };
    for (const page of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) page.postMessage({ news });
  }

  // Somebody is known to be signed in, or a person asks for it: everything may be tried at once.
  async function tryNow() {
    pausedUntil = 0;
    signedOut = false;
    const items = await store.of((await store.fact("who")) || "");
    for (const item of items) if (item.state === "waiting" && item.next) await store.update(item.id, { next: 0 });
    // What arrived is kept only for pages from before it did, and those are fetched anew each day.
    const old = (item) => item.state === "sent" && Date.now() - item.sentAt > SHOWN_FOR;
    await store.remove(items.filter(old).map((item) => item.id));
    return settled();
  }

  // What pages may ask about the items of the cadre whose pages they are.
  const answers = {
    list: async (items) => items.filter((item) => item.state !== "sent"),
    withBodies: (items, { group }) =>
      Promise.all(
        items.filter((item) => (group ? item.group === group : item.state !== "sent")).map(async (item) => ({ ...item, body: await store.body(item.id) })),
      ),
    async again(items, { key }) {
      const item = items.find((one) => one.key === key && one.state === "refused");
      if (item) await store.update(item.id, { state: "waiting", next: 0 });
      await tryNow();
    },
    // Only by the cadre's hand, and nothing that is on its way; says whether it is gone.
    async drop(items, { key }) {
      const item = items.find((one) => one.key === key && (one.state === "refused" || one.lane === "photo"));
      if (!item || item.state === "sent" || [...flying.values()].some((flight) => flight.item.key === key)) return false;
      await store.remove([item.id]);
      await tellPages();
      return true;
    },
  };
  // A page knows whose it is, and may ask before it has said so.
  const answer = async (question) => answers[question.name](await store.of(question.cadre), question);

  return { receive, settled, tellPages, tryNow, answer, SENT_BY_PAGE };
})();
