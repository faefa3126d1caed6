import type { ExportFormat } from '@/lib/export/model';

const types = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson; charset=utf-8' } as const;

/** A file to be saved, as it is made. `name` is without its ending, and must be safe in a header. */
export async function fileResponse(
  { name, format }: { name: string; format: ExportFormat },
  texts: AsyncGenerator<string> | string,
): Promise<Response> {
  return new Response(typeof texts === 'string' ? texts : await textStream(texts), {
    headers: {
      'content-type': types[format],
      'content-disposition': `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '-')}.${format}"`,
      'cache-control': 'no-store',
      // Nothing on the way may gather or change what comes bit by bit.
      'x-accel-buffering': 'no',
    },
  });
}

/**
 * Texts as the body of a response, produced as fast as the reader takes them. The first is awaited here, so that an
 * immediate failure becomes a normal answer. A later failure breaks the body off, which no reader mistakes for its end.
 */
async function textStream(texts: AsyncGenerator<string>): Promise<ReadableStream<Uint8Array>> {
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
