# The cluster image: web, worker, CLI and Jobs. No embedded engines: a cluster brings its own.
#   docker build --build-arg VERSION=0.1.0 --build-arg COMMIT=$(git rev-parse HEAD) -t registry.example.com/stale-label-console:0.1.0 .
# The base is a released version. A release that must be the same to the byte names its digest too, which
# `docker buildx imagetools inspect <base>` prints: --build-arg BASE=node:<version>-bookworm-slim@sha256:<digest>
ARG BASE=node:24.21.0-bookworm-slim
FROM ${BASE} AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json ./
RUN npm ci --include=dev
COPY . .
ARG COMMIT=unknown
ENV SLC_COMMIT=${COMMIT}
RUN node scripts/image.mjs /image

FROM ${BASE}
ARG VERSION=unknown
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="stale-label-console" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${COMMIT}" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
# Production, unless an environment says otherwise: nobody chooses a role at the door of what listens to a network.
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 SLC_PRODUCTION=true SLC_COMMIT=${COMMIT} SLC_DATA_DIR=/tmp/slc HOST=0.0.0.0 PORT=3000
COPY --from=build /image ./
RUN ln -s /app/bin/slc /usr/local/bin/slc
USER 10001:10001
EXPOSE 3000
# Every program is `node <bundle>`: manifests and Jobs name the bundle in their args. The command line is `slc`.
ENTRYPOINT ["node"]
CMD ["dist/web.mjs"]
