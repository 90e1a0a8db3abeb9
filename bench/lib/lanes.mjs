// Many small tasks, a few at a time.

/** Does it for each thing, at most `lanes` at a time: `task(thing, index, lane)`. */
export async function forEach(things, lanes, task) {
  let next = 0;
  await Promise.all(Array.from({length: Math.min(lanes, things.length)}, async (_, lane) => {
    while (next < things.length) {
      const mine = next;
      next += 1;
      await task(things[mine], mine, lane);
    }
  }));
}
