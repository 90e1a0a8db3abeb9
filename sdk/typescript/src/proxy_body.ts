/** What a body that ends at once may hold to be sent whole, with its length. */
const wholeBytesMax = 64 * 1024;

/**
 * A `Request` gives its body as a stream, even when it was made from a text. Sent so it would have no
 * length, which some providers refuse. What is there at once and ends is therefore taken whole; anything
 * else stays a stream, nothing is waited for.
 */
export async function takeWhole(
  stream: ReadableStream<Uint8Array>,
): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const reader = stream.getReader();
  const seen: Uint8Array[] = [];
  let bytes = 0;
  let next = reader.read();
  while (bytes <= wholeBytesMax) {
    const result = await Promise.race([next, nextTurn()]);
    if (result === undefined) break;
    if (result.done) {
      reader.releaseLock();
      return join(seen, bytes);
    }
    seen.push(result.value);
    bytes += result.value.byteLength;
    next = reader.read();
  }
  next.catch(() => {}); // told to whoever reads the stream below
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const first = seen.shift();
        if (first) return controller.enqueue(first);
        const {done, value} = await next;
        if (done) return controller.close();
        controller.enqueue(value);
        next = reader.read();
        next.catch(() => {});
      },
      cancel: (reason) => reader.cancel(reason),
    },
    {highWaterMark: 0},
  );
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)));
}

function join(parts: Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
