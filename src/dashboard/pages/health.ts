import { hasToken } from '../../telemetry/health'
import type { MonitorContext, Route } from '../context'

/** Liveness: the process answers. */
export const isAlive: Route<MonitorContext> = () => (_req, res) => {
  res.type('text').send('ok\n')
}

/** Readiness: what it needs answers too. Bare status; the reason is in the log. */
export const isReady: Route<MonitorContext> = (ctx) => async (_req, res) => {
  const ready = await ctx.health.ready()
  res
    .status(ready ? 200 : 503)
    .type('text')
    .send(ready ? 'ready\n' : 'not ready\n')
}

/** For Prometheus, with its bearer token. */
export const exposeMetrics: Route<MonitorContext> = (ctx) => async (req, res) => {
  if (!hasToken(req, ctx.metricsToken)) {
    res.status(401).set('WWW-Authenticate', 'Bearer').type('text').send('a bearer token is needed\n')
    return
  }
  res.set('Content-Type', ctx.metrics.contentType).send(await ctx.metrics.expose())
}
