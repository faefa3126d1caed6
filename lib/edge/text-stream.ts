/**
 * Texts as the body of a response, made as fast as the reader takes them. The first is awaited here, so that what fails
 * at once becomes an answer of its own; a later failure cuts the body off, which no reader takes for its end.
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
