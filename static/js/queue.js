// Going through the visit log by keyboard (j k r b, Esc), and quick phrases for a reason. Everything works without it too.

function isTyping(target) {
  return target.matches("input, textarea, select") || target.isContentEditable;
}

// In the log j and k move from row to row; on a visit they are links to its neighbours.
function moveInLog(log, step) {
  const links = [...log.querySelectorAll(".log-link")];
  const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  links[Math.min(Math.max(here + step, 0), links.length - 1)]?.focus();
}

function press(place, key) {
  const target = place?.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  if (target.matches("summary")) openReason();
  else target.click();
}

function openReason() {
  const details = document.getElementById("send-back");
  if (!details) return;
  details.open = true;
  document.getElementById("reason").focus();
}

// Words for those who don't see the page: what stands there when it comes is not read out.
function say(words) {
  setTimeout(() => (document.querySelector("[data-said]").textContent = words), 300);
}

// What was pressed has been replaced, and the focus is gone with it. From a row that was marked as read on to the next
// one; from a hint to the button that stands in the place of the other.
function goOn(action) {
  if (document.activeElement !== document.body) return;
  const [, hint] = action.match(/\/hints\/(\w+)\//) || [];
  if (hint) return document.querySelector(`#hint-${hint} button`)?.focus();
  const [, id] = action.match(/\/reviews\/([^/]+)\/row/) || [];
  const row = id && document.getElementById(`row-${id}`);
  if (!row) return;
  const link = row.querySelector(".log-link");
  if (row.querySelector("[role=alert]")) return link.focus();
  say(`${link.textContent}，已阅`);
  (row.nextElementSibling?.querySelector(".log-link") || link).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest("#send-back")) {
    const details = document.getElementById("send-back");
    details.open = false;
    details.querySelector("summary").focus();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (!"jkrb".includes(event.key)) return;
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  event.preventDefault();
  if (queue.dataset.queue === "visit") press(queue, event.key);
  else if (event.key === "j") moveInLog(queue, 1);
  else if (event.key === "k") moveInLog(queue, -1);
  else press(document.activeElement.closest("tr"), event.key);
});

function showPhrases() {
  for (const chips of document.querySelectorAll("[data-phrases-for]")) chips.hidden = false;
}
document.addEventListener("click", (event) => {
  const chips = event.target.closest("[data-phrases-for]");
  if (!chips || event.target === chips) return;
  const field = document.getElementById(chips.dataset.phrasesFor);
  field.value = [field.value.trim(), event.target.textContent.trim()].filter(Boolean).join("；");
  field.focus();
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  showPhrases();
  goOn(detail.ctx.request.action);
  document.querySelector('#reason[aria-invalid="true"]')?.focus();
});
showPhrases();
// What was done on the page before, where pages are read one after the other.
const flash = document.querySelector(".flash");
if (flash && document.querySelector("[data-said]")) say(flash.textContent.trim());
// After the browser has gone to the address's mark, which takes the focus away.
window.addEventListener("load", () => location.hash === "#send-back" && setTimeout(openReason));
