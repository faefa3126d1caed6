/** The anchor of a heading, as GitHub makes it, so that links between documents work in both places. */
export const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

/**
 * Where a link of the document at `path` of docs/ leads: another document's page, a heading of this one, or elsewhere on
 * the web. Null for what only a checkout has.
 */
export function linkOf(href: string, path: readonly string[]): string | null {
  if (/^https?:\/\//.test(href) || href.startsWith('#')) return href;
  const url = new URL(href, `http://docs/docs/${path.join('/')}.md`);
  const [, name] = /^\/docs\/(.+)\.md$/.exec(url.pathname) ?? [];
  return url.host === 'docs' && name ? `/help/${name}${url.hash}` : null;
}
