// The list of what is on the phone: of its links only those that really are, and why it is shown.
"use strict";
(async () => {
  const note = document.querySelector("[data-not-here]");
  note.hidden = location.pathname === "/offline";
  if (!window.caches || !Outbox.cadre) return;
  const cache = await caches.open(`pages-${Outbox.cadre}`);
  for (const link of document.querySelectorAll("[data-keep]:not([data-pattern])")) {
    if (navigator.onLine && note.hidden) return;
    if (!(await cache.match(link.pathname, { ignoreSearch: true }))) link.hidden = true;
  }
  for (const row of document.querySelectorAll(".rows > li")) row.hidden = !row.querySelector("a:not([hidden])");
})();
