const ownClicks = 'a, button, input, select, textarea, label, summary, [role="button"]';

/**
 * The main link of the row that a click on a table meant to open: of a plain click into the row, beside its links and
 * buttons, with nothing selected. Null for any other click.
 */
export function linkOfClick(event: MouseEvent, selected: string): HTMLElement | null {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || event.defaultPrevented || event.button !== 0 || selected !== '') return null;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || target.closest(ownClicks)) return null;
  return target.closest('main tr')?.querySelector<HTMLElement>('[data-row-link]') ?? null;
}
