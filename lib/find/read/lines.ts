/** The part of a ticket in which a line is, which decides how much a name or a day in it proves. */
export type Place = 'customer label' | 'day label' | 'subject' | 'body' | 'quoted' | 'header' | 'signature';

/** A line without its addresses and with single spaces. `isQuoted`: of an earlier message. */
export type Line = { text: string; place: Place; isQuoted: boolean; links: string[]; mails: string[] };

/** Takes the place of an address, so that the words around it are not beside each other. */
const gone = ' ¦ ';
/** NOTE: patterns are slow on long runs of spaces. */
const spaced = (text: string) => text.replace(/[^\S\n]+/g, ' ').trim();
const link = /\bhttps?:\/\/[^\s<>"')\]]+/gi;
const mail = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g;

const customerLabel =
  /^\s*[*_#•-]*\s*(?:customer|account|client|tenant|organi[sz]ation|org|company|airline|brand)(?:[ _-]?(?:name|id))?[*_]*\s*[:=]\s*(?=\S)/i;
const dayLabel =
  /^\s*[*_#•-]*\s*(?:(?:affected|incident|wrong|which)?\s*(?:days?|dates?)(?:\s*\(s\))?(?:\s+(?:affected|of (?:the )?incident|in question|range))?|range|period|when|time ?frame|occurred(?: on)?|date range)[*_]*\s*[:=]\s*(?=\S)/i;
const subject = /^\s*[*_]*(?:subject|summary|title|betreff|re|fwd?)[*_]*\s*:\s*/i;
const headerField =
  /^\s*[*_]*(?:from|to|cc|bcc|reply-to|sent|date|received|message-id|x-[\w-]+|mime-version|content-[\w-]+|return-path|reporter|reported(?: by| on)?|assignee|watchers?|created(?: by| on| at)?|updated(?: by| on| at)?|opened(?: by| on)?|closed(?: on)?|resolved(?: on)?|due(?: date)?|requester|submitted(?: by| on)?|sender|author|sla|labels?|status|priority|component)[*_]*\s*:/i;
const mailField = /^\s*[*_]*(?:from|to|cc|sent|subject|date)[*_]*\s*:/i;
const quoteBegins = /^\s*(?:-{2,}\s*(?:original|forwarded)|on\b.{5,120}\bwrote:\s*$|begin forwarded message)/i;
const closing =
  /^\s*(?:--\s*|(?:(?:best|kind|warm|many)\s+)?(?:regards|wishes|thanks)|(?:kind|warm|best)|thanks(?: (?:you|a lot|again|so much|in advance))*|thank you(?: (?:in advance|very much|so much))?|cheers|sincerely(?: yours)?|br|rgds|yours(?: \w+)?|sent from my .*)\s*[,.!]*\s*$/i;
/** Who spoke and when, as Slack and Teams paste it. */
const speaker =
  /^\s*(?:\S.{1,60}?\s+(?:APP\s+)?)?\[?(?:(?:today|yesterday|\w{3,9}\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}),?\s+(?:at\s+)?)?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AP]M)?\]?\s*$/i;
const speakerBefore = /^\s*\[[^\]\n]{0,30}\d{1,2}:\d\d[^\]\n]{0,10}\]\s+[^:\n]{2,40}:\s/;
const contact =
  /(\+?\d[\d ()-]{7,}\d|@|https?:|www\.|\b(?:manager|engineer|support|lead|director|head of|team|specialist|analyst|consultant|inc|ltd|gmbh|llc|operations|success)\b)/i;

/** The lines of a ticket, each with its place. */
export function readLines(text: string): Line[] {
  const raw = text.replace(/\r\n?/g, '\n').split('\n').map(spaced);
  const lines: Line[] = [];
  let inSignature = false;
  let isForwarded = false;
  let depthBefore = 0;
  raw.forEach((whole, at) => {
    const depth = /^[\s>]*/.exec(whole)?.[0].replace(/[^>]/g, '').length ?? 0;
    const bare = whole.replace(/^[\s>]+/, '');
    const begins = quoteBegins.test(bare);
    const fields =
      mailField.test(bare) && [at - 1, at + 1].some((one) => mailField.test((raw[one] ?? '').replace(/^[\s>]+/, '')));
    if (depth !== depthBefore || begins || fields) inSignature = false;
    if (begins) isForwarded = true;
    depthBefore = depth;
    if (closing.test(bare) && raw.length > 1) inSignature = true;
    const isQuoted = depth > 0 || isForwarded;
    lines.push(lineOf(bare, { isQuoted, begins, fields, inSignature, alone: raw.length === 1 }));
  });
  return withoutSignature(lines);
}

function lineOf(
  bare: string,
  of: { isQuoted: boolean; begins: boolean; fields: boolean; inSignature: boolean; alone: boolean },
): Line {
  const links = [...bare.matchAll(link)].map(([found]) => found.replace(/[.,;:!?]+$/, ''));
  const noLinks = bare.replace(link, gone);
  const mails = [...noLinks.matchAll(mail)].map(([found]) => found);
  let text = spaced(noLinks.replace(mail, gone));
  const place = placeOf(text, of);
  const cut = { 'customer label': customerLabel, 'day label': dayLabel, subject }[place as string];
  if (cut) text = text.replace(cut, '');
  else if (place === 'body' || place === 'quoted') text = text.replace(speakerBefore, '');
  return { text, place, isQuoted: of.isQuoted, links, mails };
}

function placeOf(text: string, { isQuoted, begins, fields, inSignature, alone }: Parameters<typeof lineOf>[1]): Place {
  if (begins) return 'header';
  if (inSignature) return 'signature';
  if (subject.test(text)) return 'subject';
  if (customerLabel.test(text)) return 'customer label';
  const field = headerField.exec(text);
  const isRange =
    field && /^\s*[*_]*(from|to)\b/i.test(field[0]) && /^\W*(\d|\w{3,9}\.? \d)/.test(text.slice(field[0].length));
  if (isRange) return 'day label';
  if (fields && field) return 'header';
  if (dayLabel.test(text)) return 'day label';
  if (!alone && (field || speaker.test(text))) return 'header';
  return isQuoted ? 'quoted' : 'body';
}

/** The last paragraph is a signature where it says how to reach somebody, or what they do, in a few short lines. */
function withoutSignature(lines: Line[]): Line[] {
  const filled = lines.map(({ text, mails, links }) => text.trim() !== '' || mails.length > 0 || links.length > 0);
  const last = filled.lastIndexOf(true);
  const blankBefore = filled.lastIndexOf(false, last);
  const block = lines.slice(blankBefore + 1, last + 1);
  const isOne =
    blankBefore > 0 &&
    block.length >= 2 &&
    block.length <= 6 &&
    block.every(
      ({ text, place }) => text.trim().length <= 60 && !/label$/.test(place) && !/[.:;?]\s*$/.test(text.trim()),
    ) &&
    block.slice(1).some(({ text, mails, links }) => mails.length + links.length > 0 || contact.test(text)) &&
    /^\s*\p{Lu}[\p{L}'.-]+(?: \p{Lu}[\p{L}'.-]*){1,3}\s*$/u.test(block[0]?.text ?? '');
  if (!isOne) return lines;
  return lines.map((line, at) => (at > blankBefore && at <= last ? { ...line, place: 'signature' } : line));
}
