/**
 * Texts as the body of a response, produced as fast as the reader takes them. The first is awaited here, so that an
 * immediate failure becomes a normal answer. A later failure breaks the body off, which no reader mistakes for its end.
 */
export async function textStream(texts: AsyncGenerator<string>): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let next = await texts.next();
  return new ReadableStream({
    async pull(controller) {
      if (next.done) return controller.close();
      controller.enqueue(encoder.encode(next.value));
      next = await texts.next();
    },
    async cancel() {
      await texts.return(undefined);
    },
  });
}
