/** A ticket's id as trackers write it: "CONVI-6242". */
const ticketId = /\b[A-Z][A-Z0-9]{1,15}-\d{1,9}\b/g;

export type Piece = { text: string; ticket: boolean };

/** The text in pieces, each the id of a ticket or what is between. Together they are the text. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: id, index } of text.matchAll(ticketId)) {
    if (index > from) pieces.push({ text: text.slice(from, index), ticket: false });
    pieces.push({ text: id, ticket: true });
    from = index + id.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), ticket: false });
  return pieces;
}
