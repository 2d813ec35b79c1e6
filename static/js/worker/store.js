// What the worker keeps in IndexedDB: the outbox's items, their bodies, and a few facts (who is signed in).
// Bodies lie apart, so that the queue can be read without loading megabytes of photos. They are ArrayBuffers, not
// Blobs: Safari has lost Blobs in IndexedDB.
"use strict";
const store = (() => {
  let opening = null;
  function open() {
    opening ||= idb.openDB("fieldvisit", 1, {
      upgrade(db) {
        db.createObjectStore("items", { keyPath: "id", autoIncrement: true }).createIndex("cadre", "cadre");
        db.createObjectStore("bodies");
        db.createObjectStore("facts");
      },
      terminated: () => (opening = null),
    });
    return opening;
  }

  // iOS closes the database under pressure: open it again, once. A full disk stays full.
  async function once(work) {
    try {
      return await work(await open());
    } catch (error) {
      if (error.name === "QuotaExceededError") throw error;
      opening = null;
      return work(await open());
    }
  }

  // "strict": on disk before it counts as kept, since a battery may end at any moment.
  const writing = (db) => db.transaction(["items", "bodies"], "readwrite", { durability: "strict" });

  return {
    add: (item, body) =>
      once(async (db) => {
        const change = writing(db);
        const id = await change.objectStore("items").add(item);
        await change.objectStore("bodies").put(body, id);
        await change.done;
        return { ...item, id };
      }),
    // Change an item that is still there: one that has gone meanwhile must not come back without its body.
    update: (id, change) =>
      once(async (db) => {
        const changing = writing(db);
        const item = await changing.objectStore("items").get(id);
        if (item) changing.objectStore("items").put({ ...item, ...change });
        await changing.done;
      }),
    remove: (ids) =>
      once(async (db) => {
        const change = writing(db);
        for (const id of ids) {
          change.objectStore("items").delete(id);
          change.objectStore("bodies").delete(id);
        }
        await change.done;
      }),
    // A cadre's items, the oldest first.
    of: (cadre) => once((db) => db.getAllFromIndex("items", "cadre", cadre)),
    body: (id) => once((db) => db.get("bodies", id)),
    fact: (name) => once((db) => db.get("facts", name)),
    learn: (name, value) => once((db) => db.put("facts", value, name)),
  };
})();
