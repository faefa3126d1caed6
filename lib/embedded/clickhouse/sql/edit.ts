/** A replacement of bytes `start` to `end` of a statement. */
export type Edit = { start: number; end: number; text: string };

/** The text with all edits applied; they must not overlap. */
export function applyEdits(text: Buffer, edits: Edit[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.subarray(at, edit.start), Buffer.from(edit.text));
    at = edit.end;
  }
  parts.push(text.subarray(at));
  return Buffer.concat(parts);
}
