/**
 * Puts a text into the clipboard. A page that came over http has no clipboard of the browser, so there the text is
 * selected in a field outside the window and copied as a person would. Throws where the browser refuses both.
 */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.cssText = 'position:fixed;top:0;left:-9999px';
  // In an open dialog: it keeps the focus inside.
  (focused?.closest('[role=dialog]') ?? document.body).append(field);
  try {
    field.select();
    if (!document.execCommand('copy')) throw new Error('The browser did not copy.');
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
