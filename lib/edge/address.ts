/**
 * The address of whoever asks: the entry of X-Forwarded-For that the outermost trusted proxy wrote. Anything left of it
 * is what the caller claims. Null where addresses cannot be told apart: without a trusted proxy, or past it.
 */
export function addressOf(forwardedFor: string | null, trustedProxies: number): string | null {
  if (trustedProxies === 0 || !forwardedFor) return null;
  const entries = forwardedFor.split(',').map((entry) => entry.trim());
  return entries.at(-trustedProxies) || null;
}
