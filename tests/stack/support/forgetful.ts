/** An entry as somebody in a hurry would add one. */
export async function POST(): Promise<Response> {
  return new Response('done');
}
