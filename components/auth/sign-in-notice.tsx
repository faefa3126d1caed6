import { Id } from '@/components/ui/copy';
import { type SignInProblem, signInProblems } from '@/lib/auth/model';
import { requestIdPattern } from '@/lib/edge/model';

const sentences: Record<SignInProblem, string> = {
  'no role':
    'The provider knows you, but none of your groups has a role here. Ask an administrator for access, then sign in again.',
  'too many groups':
    'You are in more groups than the provider lists for one application, so it listed none. Ask an administrator to make it list only the groups that are assigned to the console, then sign in again.',
  refused: 'The provider’s answer was not valid, or you cancelled there. Sign in again.',
  expired:
    'That sign-in was used already, took longer than ten minutes, or was started in another browser. Sign in again.',
  unavailable: 'The sign-in provider or the console’s database does not answer. Try again in a minute.',
  'still signed in there':
    'You are signed out here. The provider did not answer, so you may still be signed in there: close the browser on a shared machine.',
};

const signedOut: Record<string, string> = {
  here: 'You are signed out.',
  everywhere: 'You are signed out, here and at the provider.',
};

const ended = 'Your session ended. Sign in, and you return to the page.';

/** Why the sign-in failed, or that the last session has ended: `ended` if not by signing out. */
export function SignInNotice(query: { problem?: string; request?: string; signedOut?: string; ended?: boolean }) {
  const problem = signInProblems.find((known) => known === query.problem);
  const farewell = signedOut[query.signedOut ?? ''] ?? (query.ended ? ended : undefined);
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
