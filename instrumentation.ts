/** Before the first request: a configuration that lets anybody in, or nobody, must not start. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { loadConfig } = await import('@/lib/config');
  loadConfig();
}
