# One image for every role, chosen by its first argument: scheduler, worker, dashboard, migrate, or any other command.
# docs/containers.md says how it is built and run, and what it weighs.

# What runs: the packages of production alone, without what only compilers and debuggers read of them.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm,sharing=locked \
  npm ci --omit=dev --omit=optional --ignore-scripts \
  && find node_modules -type f -regex '.*\(\.map\|\.d\.[cm]?ts\)' -delete

# What builds. The packages of development come before any source, so that a change of source starts at its own layer.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm,sharing=locked \
  npm ci --include=dev --include=optional --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY config config
COPY jobs jobs
COPY sandbox sandbox
COPY src src
# There is no clone in here to ask for its commit.
ARG REVISION=
RUN SOURCE_COMMIT="$REVISION" node scripts/build.cjs

FROM node:24-bookworm-slim
# Whoever runs it says so where it is less: production refuses missing, weak and built-in secrets.
ENV NODE_ENV=production
WORKDIR /app
# The one place to write to, for what is mounted there: the root filesystem may be read-only.
RUN ln -s /app/dist/src/bin/syncfleet.js /usr/local/bin/syncfleet \
  && install -d -o node -g node /var/lib/syncfleet
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
# By number: Kubernetes takes no name's word for not being root.
USER 1000:1000
EXPOSE 3000 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "/app/dist/src/bin/health-check.js"]
# Node is process 1 and hears the signals itself. Its heap is limited as everywhere else (src/processes/heap-limit.ts).
ENTRYPOINT ["node", "--max-old-space-size=512", "/app/dist/src/bin/syncfleet.js"]
# Last, for they change with every build.
ARG VERSION=
ARG REVISION=
ARG CREATED=
LABEL org.opencontainers.image.title="syncfleet" \
  org.opencontainers.image.description="Recurring integration jobs for a few hundred client accounts" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.created="$CREATED"
