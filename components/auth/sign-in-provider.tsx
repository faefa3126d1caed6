import { LogIn } from 'lucide-react';
import { ButtonAnchor } from '@/components/ui/button';

/**
 * The link to the provider. With `again` the provider asks for an account, so that a refused person can use another.
 */
export function SignInProvider({ host, returnTo, again }: { host: string; returnTo: string; again: boolean }) {
  const query = new URLSearchParams({ returnTo, ...(again && { again: 'true' }) });
  return (
    <ButtonAnchor href={`/api/auth/sign-in?${query}`} look="primary" size="tall">
      <LogIn aria-hidden className="size-4" />
      {again ? `Sign in at ${host} as somebody else` : `Sign in at ${host}`}
    </ButtonAnchor>
  );
}
