/** What this browser keeps under a key; null where it keeps nothing, or refuses to. */
export function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a text in this browser, where it allows that. */
export function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {}
}
