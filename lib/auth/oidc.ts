import * as client from 'openid-client';
import type { OidcConfig } from '@/lib/config-auth';
import { AppError, messageOf } from '@/lib/errors';
import { tlsFailure } from '@/lib/tls-failure';
import type { Identity } from './model';
import { roleOfGroups } from './model';
import { Unadmitted } from './unadmitted';

const answerWithinSeconds = 10;
const clockToleranceSeconds = 30;
const discoveredForMs = 3_600_000;
const nameMax = 80;

// NOTE: it is kept here and not on globalThis, since each bundle has its own copy of the library, which knows only its
// own objects.
const known = new Map<string, { at: number; configuration: Promise<client.Configuration> }>();

/** The provider's metadata, read once an hour. A failure is not kept. Throws AppError('unavailable'). */
async function discover(oidc: OidcConfig): Promise<client.Configuration> {
  const kept = known.get(oidc.issuer);
  const found =
    kept && Date.now() - kept.at < discoveredForMs ? kept : { at: Date.now(), configuration: configure(oidc) };
  known.set(oidc.issuer, found);
  try {
    return await found.configuration;
  } catch (error) {
    if (known.get(oidc.issuer) === found) known.delete(oidc.issuer);
    const provider = `The sign-in at ${new URL(oidc.issuer).host}`;
    const sentence = tlsFailure(error, provider) ?? `${provider} does not answer. Try again.`;
    throw new AppError('unavailable', sentence, { cause: error });
  }
}

/** Tries the issuer as configured and with the other ending, since people copy it with or without the last slash. */
async function configure(oidc: OidcConfig): Promise<client.Configuration> {
  try {
    return await discovered(oidc, oidc.issuer);
  } catch (error) {
    const namesAnother = (error as { code?: string }).code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED';
    const other = oidc.issuer.endsWith('/') ? oidc.issuer.slice(0, -1) : `${oidc.issuer}/`;
    if (!namesAnother) throw error;
    return discovered(oidc, other);
  }
}

function discovered(oidc: OidcConfig, address: string): Promise<client.Configuration> {
  const issuer = new URL(address);
  const { clientSecret } = oidc;
  const authentication =
    clientSecret === null
      ? client.None()
      : oidc.clientAuth === 'client_secret_post'
        ? client.ClientSecretPost(clientSecret)
        : client.ClientSecretBasic(clientSecret);
  // NOTE: without the non-repudiation checks the library would trust an ID token from the token endpoint unverified.
  const execute = [
    client.enableNonRepudiationChecks,
    ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
  ];
  const metadata = { [client.clockTolerance]: clockToleranceSeconds };
  return client.discovery(issuer, oidc.clientId, metadata, authentication, { execute, timeout: answerWithinSeconds });
}

/** Where to send the browser, and what must come back with the answer. */
export type Departure = { url: URL; state: string; nonce: string; verifier: string };

/** Begins a code flow with PKCE (S256), state and nonce. `again` asks the provider to show its choice of account. */
export async function departTo(oidc: OidcConfig, options: { redirectUri: string; again: boolean }): Promise<Departure> {
  const configuration = await discover(oidc);
  const state = client.randomState();
  const nonce = client.randomNonce();
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: options.redirectUri,
    scope: oidc.scope,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(options.again && { prompt: 'login' }),
  });
  return { url, state, nonce, verifier };
}

/**
 * Exchanges the code of `answer` (the whole address the provider sent the browser to) and checks the ID token:
 * signature, issuer, audience, times, nonce. Throws AppError('unauthenticated') for an answer that is not valid,
 * 'forbidden' if no group has a role, 'unavailable' if the provider does not answer.
 */
export async function arriveFrom(
  oidc: OidcConfig,
  options: { answer: URL; state: string; nonce: string; verifier: string },
): Promise<{ identity: Identity; idToken: string }> {
  const configuration = await discover(oidc);
  const tokens = await client
    .authorizationCodeGrant(configuration, options.answer, {
      expectedState: options.state,
      expectedNonce: options.nonce,
      pkceCodeVerifier: options.verifier,
      idTokenExpected: true,
    })
    .catch(refuse);
  const claims = tokens.claims();
  if (!claims || !tokens.id_token) throw refusal(new Error('no ID token'));
  const told = groupsOf(claims[oidc.groupsClaim]) && nameFrom(claims) ? claims : { ...(await userInfo()), ...claims };
  const groups = groupsOf(told[oidc.groupsClaim]) ?? [];
  const tooMany = isOverage(told, oidc.groupsClaim);
  const name = nameFrom(told) ?? nameOf(claims.sub) ?? 'unnamed';
  const role = roleOfGroups(groups, oidc.roles);
  // NOTE: the issuer as configured, since a session is valid for the provider that the configuration names.
  const person = { provider: oidc.issuer, subject: claims.sub, name };
  if (!role)
    throw new AppError(
      'forbidden',
      tooMany
        ? `${name} is in more groups than the provider lists in a token. Ask an administrator to make it list only the groups that are assigned to this application.`
        : `${name} is in no group that has a role here. Ask an administrator for access, then sign in again.`,
      { cause: new Unadmitted(person, tooMany ? 'too many groups' : groups) },
    );
  return { identity: { ...person, role }, idToken: tokens.id_token };

  /** Many providers return a person's name and groups only from a separate request. */
  async function userInfo(): Promise<Record<string, unknown>> {
    if (!claims || !configuration.serverMetadata().userinfo_endpoint) return {};
    return client.fetchUserInfo(configuration, tokens.access_token, claims.sub).catch(refuse);
  }
}

/** The address at which the provider signs the person out too and sends them back; null if it has none. */
export async function signOutUrl(
  oidc: OidcConfig,
  options: { idToken: string; returnTo: string },
): Promise<URL | null> {
  const configuration = await discover(oidc);
  if (!configuration.serverMetadata().end_session_endpoint) return null;
  return client.buildEndSessionUrl(configuration, {
    id_token_hint: options.idToken,
    post_logout_redirect_uri: options.returnTo,
  });
}

const refusal = (cause: unknown) =>
  new AppError('unauthenticated', 'The provider’s answer was not valid. Sign in again.', { cause });

/** Translates an error of the library. A provider that is down has refused nobody, so network failures are separate. */
function refuse(error: unknown): never {
  const code = (error as { code?: string }).code ?? '';
  const tls = tlsFailure(error, 'The sign-in provider');
  if (tls) throw new AppError('unavailable', tls, { cause: error });
  if (code === 'OAUTH_TIMEOUT' || (error instanceof TypeError && /fetch failed/.test(messageOf(error))))
    throw new AppError('unavailable', 'The sign-in provider does not answer. Try again.', { cause: error });
  throw refusal(error);
}

function groupsOf(claim: unknown): string[] | null {
  if (typeof claim === 'string') return [claim];
  return Array.isArray(claim) ? claim.filter((group): group is string => typeof group === 'string') : null;
}

/**
 * Entra ID leaves the groups out if there are more than 200, and names an address to read them from, or says only that
 * there are some:
 * https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference#groups-overage-claim.
 */
export function isOverage(claims: Record<string, unknown>, groupsClaim: string): boolean {
  const elsewhere = claims._claim_names;
  if (groupsOf(claims[groupsClaim])) return false;
  return (
    claims.hasgroups === true ||
    claims.hasgroups === 'true' ||
    (typeof elsewhere === 'object' && elsewhere !== null && groupsClaim in elsewhere)
  );
}

const nameFrom = (claims: Record<string, unknown>) => nameOf(claims.preferred_username ?? claims.email ?? claims.name);

/** A printable name, so that it can neither move a cursor nor change the direction of a line in the audit. */
function nameOf(claim: unknown): string | null {
  if (typeof claim !== 'string') return null;
  return (
    claim
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
      .trim()
      .slice(0, nameMax) || null
  );
}
