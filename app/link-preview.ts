export const description = 'Finds stale conversation labels, repairs them, and shows Active Days before and after.';

/** What a link to the console shows of it elsewhere. */
export const linkPreview = {
  siteName: 'Stale labels',
  description,
  images: [{ url: '/link-preview.png', width: 1200, height: 630, alt: description }],
};

const kinds: [path: RegExp, kind: string][] = [
  [/^\/customers\/[^/?]+\/days\//, 'The labels of a day'],
  [/^\/customers\/[^/?]+/, 'The labels of a customer'],
  [/^\/backfills\/new/, 'A plan of a backfill'],
  [/^\/backfills\/[^/?]+\/undo/, 'A plan of an undo'],
  [/^\/backfills\/[^/?]+\/changes/, 'What a run changed'],
  [/^\/backfills\/[^/?]+/, 'A run'],
  [/^\/campaigns\/[^/?]+/, 'A campaign'],
  [/^\/orders\/[^/?]+/, 'A standing order'],
  [/^\/findings\/[^/?]+/, 'A finding'],
  [/^\/active-days/, 'Active Days'],
  [/^\/approvals/, 'Approvals'],
  [/^\/audit/, 'The audit'],
];

/** Which kind of page an address leads to, without anything of what is on it; undefined where it says nothing. */
export const kindOfPage = (address: string): string | undefined => kinds.find(([path]) => path.test(address))?.[1];
