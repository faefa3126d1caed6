import { z } from 'zod';
import { about, Text, Whole } from './config-variable';
import { AppError } from './errors';

const Groups = z.array(z.string().min(1)).min(1);
const Mapping = z.strictObject({ viewer: Groups, operator: Groups, approver: Groups }).partial();

/** `{"viewer": ["support"], "approver": ["support-leads"]}`: a role and the provider's groups that have it. */
const Roles = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON, such as {"operator":["support"]}' });
      return z.NEVER;
    }
  })
  .pipe(Mapping.refine((mapping) => Object.keys(mapping).length > 0, 'must name a role'));

/** The variables about who may sign in. */
export const authEnvironment = {
  SLC_SIGN_IN: z
    .enum(['demo', 'oidc'])
    .optional()
    .meta(
      about(
        'How people sign in: `oidc`, or `demo`, where anybody chooses a role. `demo` is refused in production, off loopback and beside an issuer.',
        '`oidc` with an issuer, else `demo` on loopback',
      ),
    ),
  SLC_OIDC_ISSUER: z
    .url()
    .optional()
    .meta(about('The OpenID provider. Its redirect address is `SLC_BASE_URL` + `/api/auth/callback`.')),
  SLC_OIDC_CLIENT_ID: Text.optional().meta(about('The console’s client at the provider.')),
  SLC_OIDC_CLIENT_SECRET: Text.optional().meta(about('The secret of that client. Without one it is a public client.')),
  SLC_OIDC_CLIENT_AUTH: z
    .enum(['client_secret_basic', 'client_secret_post'])
    .default('client_secret_basic')
    .meta(about('How the secret is sent: `client_secret_basic` or `client_secret_post`.')),
  SLC_OIDC_SCOPE: z
    .string()
    .regex(/(^| )openid( |$)/, 'must contain openid')
    .default('openid profile email')
    .meta(about('The OpenID scopes that are asked for.')),
  SLC_OIDC_GROUPS_CLAIM: Text.default('groups').meta(about('The claim that lists the groups of a person.')),
  SLC_OIDC_ROLES: Roles.optional().meta(
    about('Each role and its groups as JSON, such as `{"viewer":["support"],"approver":["support-leads"]}`.'),
  ),
  SLC_SESSION_IDLE_MINUTES: Whole.min(1)
    .default(120)
    .meta(about('A session ends this long after its last page or action.')),
  SLC_SESSION_MAX_MINUTES: Whole.min(1).default(720).meta(about('A session ends this long after the sign-in.')),
  SLC_TOKEN: Text.optional().meta(about('The access token with which the command line acts.')),
  SLC_TOKEN_REQUIRED: z
    .stringbool()
    .default(false)
    .meta(about('Whether the command line refuses to act without a token.')),
  SLC_ACTIONS_PER_MINUTE: Whole.min(1)
    .default(240)
    .meta(about('How many actions a minute one person may send. An address may send five times as many.')),
  SLC_SIGN_INS_PER_MINUTE: Whole.min(1)
    .default(120)
    .meta(about('How many sign-ins a minute one person or one address may try.')),
  SLC_METRICS_TOKEN: z
    .string()
    .min(16, 'must have 16 characters or more')
    .optional()
    .meta(about('What Prometheus sends to `/api/metrics` as Bearer token. Without it there are none at that address.')),
  SLC_TRUSTED_PROXIES: Whole.max(10)
    .default(0)
    .meta(
      about(
        'How many proxies in front of the pages append to X-Forwarded-For. With 0, callers are not limited by address.',
      ),
    ),
};
const AuthEnvironment = z.object(authEnvironment);
type AuthEnvironment = z.infer<typeof AuthEnvironment>;

/** How people sign in; with none nobody can. */
type SignIn = 'demo' | 'oidc' | 'none';

export type OidcConfig = {
  issuer: string;
  clientId: string;
  /** Null for a public client, which only PKCE protects. */
  clientSecret: string | null;
  clientAuth: AuthEnvironment['SLC_OIDC_CLIENT_AUTH'];
  scope: string;
  groupsClaim: string;
  roles: z.infer<typeof Mapping>;
};

const loopback = new Set(['127.0.0.1', '::1', '[::1]', 'localhost']);
export const isLoopback = (host: string): boolean => loopback.has(host);

/**
 * Who may sign in, and how. Throws AppError('invalid_input') for a combination that would let everybody or nobody in:
 * the demo's sign-in exists only on loopback, outside production, and without a real provider.
 */
export function authConfig(e: AuthEnvironment, where: { host: string; baseUrl: string; production: boolean }) {
  const base = new URL(where.baseUrl);
  if (base.pathname !== '/' || base.search || base.hash)
    refuse(`SLC_BASE_URL must have no path: the pages are served at the top of ${base.origin} and nowhere below it`);
  const local = isLoopback(where.host) && isLoopback(base.hostname);
  const oidc = oidcConfig(e);
  const asked: SignIn = e.SLC_SIGN_IN ?? (oidc ? 'oidc' : local && !where.production ? 'demo' : 'none');
  if (asked === 'oidc' && !oidc) refuse('SLC_SIGN_IN is oidc: SLC_OIDC_ISSUER must be set');
  if (asked === 'demo') {
    if (oidc) refuse('SLC_SIGN_IN is demo, where anybody chooses a role: SLC_OIDC_ISSUER must not be set beside it');
    if (where.production) refuse('SLC_SIGN_IN is demo, where anybody chooses a role: SLC_PRODUCTION must not be true');
    if (!local) refuse('SLC_SIGN_IN is demo, where anybody chooses a role: HOST and SLC_BASE_URL must be on loopback');
  }
  if (e.SLC_SESSION_IDLE_MINUTES > e.SLC_SESSION_MAX_MINUTES)
    refuse('SLC_SESSION_IDLE_MINUTES must not be above SLC_SESSION_MAX_MINUTES');
  return {
    signIn: asked,
    oidc: asked === 'oidc' ? oidc : null,
    /** The provider whose sessions and tokens are valid: the issuer, or "demo" or "none". */
    provider: asked === 'oidc' && oidc ? oidc.issuer : asked,
    https: base.protocol === 'https:',
    session: { idleSeconds: e.SLC_SESSION_IDLE_MINUTES * 60, maxSeconds: e.SLC_SESSION_MAX_MINUTES * 60 },
    /** The token of the command line, and whether it may act without one. */
    token: e.SLC_TOKEN ?? null,
    tokenRequired: e.SLC_TOKEN_REQUIRED,
    limits: { actionsPerMinute: e.SLC_ACTIONS_PER_MINUTE, signInsPerMinute: e.SLC_SIGN_INS_PER_MINUTE },
    /** What a scraper sends as Bearer token; null if there are no metrics. */
    metricsToken: e.SLC_METRICS_TOKEN ?? null,
    /** Proxies in front of the pages that append the caller's address to X-Forwarded-For. */
    trustedProxies: e.SLC_TRUSTED_PROXIES,
  };
}

function oidcConfig(e: AuthEnvironment): OidcConfig | null {
  if (!e.SLC_OIDC_ISSUER) {
    const stray = (['SLC_OIDC_CLIENT_ID', 'SLC_OIDC_ROLES'] as const).find((key) => e[key] !== undefined);
    if (stray) refuse(`${stray} is set: SLC_OIDC_ISSUER must be set as well`);
    return null;
  }
  const issuer = new URL(e.SLC_OIDC_ISSUER);
  if (issuer.protocol !== 'https:' && !(issuer.protocol === 'http:' && isLoopback(issuer.hostname)))
    refuse('SLC_OIDC_ISSUER must be https; http is allowed only for a provider on loopback');
  if (!e.SLC_OIDC_CLIENT_ID) refuse('SLC_OIDC_ISSUER is set: SLC_OIDC_CLIENT_ID must be set as well');
  if (!e.SLC_OIDC_ROLES) refuse('SLC_OIDC_ISSUER is set: SLC_OIDC_ROLES must say which groups have which role');
  return {
    issuer: e.SLC_OIDC_ISSUER,
    clientId: e.SLC_OIDC_CLIENT_ID,
    clientSecret: e.SLC_OIDC_CLIENT_SECRET ?? null,
    clientAuth: e.SLC_OIDC_CLIENT_AUTH,
    scope: e.SLC_OIDC_SCOPE,
    groupsClaim: e.SLC_OIDC_GROUPS_CLAIM,
    roles: e.SLC_OIDC_ROLES,
  };
}

function refuse(fault: string): never {
  throw new AppError('invalid_input', `The configuration is not usable. ${fault}.`);
}
