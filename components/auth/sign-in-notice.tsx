import { Id } from '@/components/ui/copy';
import { type SignInProblem, signInProblems } from '@/lib/auth/model';
import { requestIdPattern } from '@/lib/edge/model';

const sentences: Record<SignInProblem, string> = {
  'no role':
    'You are known to the provider, but none of your groups has a role here. Ask whoever runs this console for access, then sign in again.',
  'too many groups':
    'You are in more groups than the provider lists for one application, so it listed none. Ask whoever runs this console to have it list only the groups assigned to the console, then sign in again.',
  refused: 'The provider’s answer did not hold and was refused, or you cancelled there. Sign in again.',
  expired: 'That sign-in was used already, took longer than ten minutes, or began in another browser. Sign in again.',
  unavailable: 'The provider of the sign-in or the console’s database does not answer. Try again in a minute.',
  'still signed in there':
    'You are signed out here. The provider did not answer, so you may still be signed in there: close the browser on a shared machine.',
};

const signedOut: Record<string, string> = {
  here: 'You are signed out.',
  everywhere: 'You are signed out, here and at the provider.',
};

/** Why there is no session, or that the last one ended. */
export function SignInNotice(query: { problem?: string; request?: string; signedOut?: string }) {
  const problem = signInProblems.find((known) => known === query.problem);
  const farewell = signedOut[query.signedOut ?? ''];
  if (!problem)
    return farewell ? (
      <p role="status" className="text-muted text-sm">
        {farewell}
      </p>
    ) : null;
  return (
    <div role="alert" className="rounded-lg border border-attention/40 bg-attention-soft/60 px-4 py-3 text-sm">
      <p>{sentences[problem]}</p>
      {query.request && requestIdPattern.test(query.request) && (
        <p className="mt-1 text-muted">
          request <Id value={query.request} length={36} />
        </p>
      )}
    </div>
  );
}
