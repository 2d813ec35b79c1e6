// The phone in the resident's hands: only one page is shown until the cadre's four digits are given, also without a
// line. They are no secret for ever, but enough while the cadre stands beside it; who forgets them signs in again.
"use strict";
const handover = (() => {
  const MOST_WRONG = 5;
  const bits = async (pin, salt) => {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: 200_000 };
    return [...new Uint8Array(await crypto.subtle.deriveBits(how, key, 256))].join();
  };

  // The page that may be shown, or "".
  const place = async () => (await store.fact("handedOver")) || "";

  const answers = {
    pinKnown: async ({ cadre }) => ({ hasPin: Boolean(await store.fact(`pin-${cadre}`)) }),
    async setPin({ cadre, pin }) {
      const salt = crypto.getRandomValues(new Uint8Array(16));
      await store.learn(`pin-${cadre}`, { salt, bits: await bits(pin, salt), wrong: 0 });
      return true;
    },
    // Only to a page that is on the phone: else the resident would stand before a page that can't open.
    async handOver({ address }) {
      if (!(await pages.have(address))) return false;
      await store.learn("handedOver", address);
      await outbox.tellPages();
      return true;
    },
    async takeBack({ cadre, pin }) {
      const known = await store.fact(`pin-${cadre}`);
      if (!known || known.wrong >= MOST_WRONG) return false;
      const isRight = (await bits(pin, known.salt)) === known.bits;
      await store.learn(`pin-${cadre}`, { ...known, wrong: isRight ? 0 : known.wrong + 1 });
      if (isRight) await store.learn("handedOver", "");
      return isRight;
    },
  };

  // Whoever has signed out has given the phone back, and whoever signs in has shown who they are.
  async function end(cadre) {
    await store.learn("handedOver", "");
    await store.learn(`pin-${cadre}`, undefined);
  }

  return { place, end, answers };
})();
