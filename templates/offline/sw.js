{# needs: scripts, files #}
// The service worker: which requests go where. What it does with them is in the files that it loads.
"use strict";
importScripts({{ scripts | map("tojson") | join(", ") | safe }});

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(pages.install({{ files | tojson }}));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const { headers, method } = request;
  if (method === "POST") {
    const durable = headers.has("Idempotency-Key") && headers.has("X-Cadre") && !headers.has(outbox.SENT_BY_PAGE);
    if (durable) event.respondWith(outbox.receive(request, event));
    else if (url.pathname === "/sign-out") event.respondWith(signOut(request));
  } else if (method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(pages.file(request));
  else if (method === "GET" && request.mode === "navigate") event.respondWith(pages.open(event));
});

// Without a line nobody's pages stay on the phone either, and the server hears of it as soon as it can.
async function signOut(request) {
  const response = await fetch(request).catch(() => null);
  if (response && response.type !== "opaqueredirect") return response;
  if (!response) await store.learn("leaving", "1");
  await handover.end(await store.fact("who"));
  await store.learn("who", "");
  await pages.forgetAllBut("");
  return response || caches.match("/offline/plain", { ignoreSearch: true });
}

self.addEventListener("sync", (event) => event.waitUntil(outbox.tryNow()));

// What pages say: who is signed in ("" nobody), and that now is a good moment to try. What is said right after it must
// not overtake it: whose pages to keep is known only then.
let meeting = Promise.resolve();
self.addEventListener("message", (event) => {
  const { hello, tryNow, tick, stockUp, ask } = event.data;
  if (ask) event.waitUntil(answer(ask).then((words) => event.ports[0].postMessage(words)));
  if (hello !== undefined) event.waitUntil((meeting = meeting.then(() => meet(hello)).catch(() => {})));
  if (tryNow) event.waitUntil(outbox.tryNow());
  if (tick) event.waitUntil(outbox.settled());
  if (stockUp) event.waitUntil(meeting.then(() => pages.stockUp(stockUp === "now")).catch(() => {}));
});

const answer = (question) => (handover.answers[question.name] || outbox.answer)(question);

async function meet(cadre) {
  const before = (await store.fact("who")) || "";
  if (before !== cadre) {
    await handover.end(before);
    await store.learn("who", cadre);
    await store.learn("stocked", 0);
    await pages.forgetAllBut(cadre);
  }
  await (cadre ? outbox.tryNow() : outbox.tellPages());
}
